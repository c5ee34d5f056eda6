import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { Host } from './host.ts'

export interface Interruption {
  readonly signal: AbortSignal
  /** What to exit with, once a stop signal came. */
  readonly exitCode: () => ExitCode | undefined
  readonly stop: () => void
}

/**
 * Listens for stop signals. The first one aborts what is under way and lets it end in order; the second one leaves now.
 */
export function listenForInterruption({ signals, exitNow }: Pick<Host, 'signals' | 'exitNow'>): Interruption {
  const controller = new AbortController()
  let exitCode: ExitCode | undefined
  const receive = (code: ExitCode) => () => {
    if (exitCode !== undefined) exitNow(code)
    exitCode = code
    controller.abort()
  }
  const onInterrupt = receive(exitCodes.interrupted)
  const onTerminate = receive(exitCodes.terminated)
  signals.on('SIGINT', onInterrupt)
  signals.on('SIGTERM', onTerminate)
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    stop: () => {
      signals.off('SIGINT', onInterrupt)
      signals.off('SIGTERM', onTerminate)
    },
  }
}
