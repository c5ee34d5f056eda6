import { InvalidValueError } from '@slipway/core'
import { CancelledError, SlipwayError, UsageError } from './slipway-error.ts'

/** Runs a public operation so that what it throws is always a {@link SlipwayError}, unless it is a defect of ours. */
export async function atPublicBoundary<Result>(
  signal: AbortSignal | undefined,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    signal?.throwIfAborted()
    return await run()
  } catch (error) {
    if (error instanceof SlipwayError) throw error
    if (error instanceof InvalidValueError) throw new UsageError(error.message, { code: 'invalid_value', cause: error })
    if (signal?.aborted) throw new CancelledError('stopped on request', { code: 'cancelled', cause: signal.reason })
    throw error
  }
}
