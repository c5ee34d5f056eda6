import { invalidField } from '../api-errors.ts'

/** @throws {ApiError} */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header
  throw invalidField('Idempotency-Key', 'Idempotency-Key must be 1 to 255 visible ASCII characters, such as a UUID')
}
