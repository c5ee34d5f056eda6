import { CommandFailure } from './command-failure.ts'
import { exitCodes } from './exit-codes.ts'
import type { Host } from './host.ts'

export interface StreamGuard {
  /** Aborted when nothing more can be written. */
  readonly signal: AbortSignal
  /** The reader has left (`slipway ls | head -1`): nothing is wrong, and there is nobody to tell. */
  readonly hasLeft: () => boolean
  /** Waits until everything is written. @throws {CommandFailure} when it could not be, as on a full disk */
  readonly flush: () => Promise<void>
}

/** Watches both streams: without a listener, Node would end the process with a stack trace when a pipe's reader leaves. */
export function guardStreams({ stdout, stderr }: Pick<Host, 'stdout' | 'stderr'>): StreamGuard {
  const controller = new AbortController()
  let failure: NodeJS.ErrnoException | undefined
  // What nobody reads need not be said; the work goes on.
  stderr.on('error', () => {})
  // Never taken off: a write still under way may fail after the command has ended.
  stdout.on('error', (error) => {
    failure ??= error
    controller.abort()
  })
  return {
    signal: controller.signal,
    hasLeft: () => failure?.code === 'EPIPE',
    flush: async () => {
      if (failure === undefined) await new Promise<void>((resolve) => stdout.write('', () => resolve()))
      if (failure === undefined || failure.code === 'EPIPE') return
      throw new CommandFailure(`output could not be written (${failure.code ?? failure.message})`, {
        exitCode: exitCodes.other,
        cause: failure,
      })
    },
  }
}
