import { backoffMs } from './backoff.ts'
import { classifyFailure } from './retry-policy.ts'
import type { Transport } from './transport.ts'

export interface RetryOptions {
  readonly transport: Pick<Transport, 'clock' | 'random'>
  /** The first one included. */
  readonly maxAttempts: number
  readonly signal: AbortSignal | undefined
  /** Whether doing it again is safe after this failure. Default: always. */
  readonly mayRepeat?: (error: unknown) => boolean
}

/** Runs `attempt` again, after a pause, as long as its failures are such that another try may go better. */
export async function retryFailures<Result>(
  { transport, maxAttempts, signal, mayRepeat = () => true }: RetryOptions,
  run: (attempt: number) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run(attempt)
    } catch (error) {
      signal?.throwIfAborted()
      if (attempt >= maxAttempts || classifyFailure(error) === 'stop' || !mayRepeat(error)) throw error
      const { retryAfterMs } = error as { retryAfterMs?: number }
      await transport.clock.sleep(backoffMs({ failureCount: attempt, random: transport.random, retryAfterMs }), signal)
    }
  }
}
