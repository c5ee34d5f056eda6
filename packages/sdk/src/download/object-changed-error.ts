import { SlipwayError } from '../errors/slipway-error.ts'

/** The server has other bytes under the same name than it had before: nothing fetched so far can be gone on with. */
export class ObjectChangedError extends SlipwayError {
  override readonly name = 'ObjectChangedError'
}
