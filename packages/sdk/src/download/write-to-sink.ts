import type { Writable } from 'node:stream'
import { DestinationError } from '../errors/slipway-error.ts'
import { raceAbort } from '../race-abort.ts'

/** Writes to a stream of the caller's, one piece at a time and no faster than it takes them. */
export interface SinkWriter {
  /** Resolves when the sink is done with the bytes, so that their buffer can be used again. */
  write(bytes: Buffer): Promise<void>
  /** Lets go of the sink; it is not ended. */
  release(): void
}

export function createSinkWriter(sink: Writable, signal: AbortSignal): SinkWriter {
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => undefined)
  const onError = (error: unknown) => broken.reject(sinkFailed(error))
  const onClose = () => broken.reject(sinkFailed(undefined))
  // Without a listener an error of the sink would end the process.
  sink.on('error', onError).on('close', onClose)
  if (sink.destroyed || sink.writableEnded) onClose()

  return {
    async write(bytes) {
      const written = new Promise<void>((resolve, reject) => {
        sink.write(bytes, (error) => (error ? reject(sinkFailed(error)) : resolve()))
      })
      written.catch(() => undefined)
      await raceAbort(Promise.race([broken.promise, written]), signal)
    },
    release() {
      sink.off('error', onError).off('close', onClose)
    },
  }
}

function sinkFailed(cause: unknown): DestinationError {
  const { code, message } = (cause ?? {}) as { code?: string; message?: string }
  const reason = code === 'EPIPE' || cause === undefined ? 'its reader went away' : (code ?? message)
  return new DestinationError(`the stream cannot be written to: ${reason}`, { code: 'sink_closed', cause })
}
