import type { Readable } from 'node:stream'
import type { NoteArrivedBytes } from '../young-collector.ts'
import { type ByteSource, endedTooEarly } from './byte-source.ts'
import { createDoubleBuffer } from './double-buffer.ts'

/**
 * The bytes of any stream. Chunks are copied, so that none outlives its tick and memory is that of the buffers; events rather
 * than an async iterator, which costs a fifth of the throughput at 64 KiB a chunk.
 */
export function createStreamSource(stream: Readable, noteArrivedBytes?: NoteArrivedBytes): ByteSource {
  return {
    async drain(options) {
      // What did not fit into the buffers any more: less than a chunk, as a rule.
      let rest: Buffer = Buffer.alloc(0)
      let isEnded = false
      const proceed = () => {
        rest = buffer.put(rest)
        if (rest.length > 0) return
        if (isEnded) buffer.end()
        else if (!buffer.isFull()) stream.resume()
      }
      const buffer = createDoubleBuffer({ ...options, onRoom: proceed })
      const onData = (chunk: Buffer) => {
        noteArrivedBytes?.(chunk.length)
        // A pause takes hold with the next chunk that was not yet on its way.
        rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : buffer.put(chunk)
        if (rest.length > 0 || buffer.isFull()) stream.pause()
      }
      const onEnd = () => {
        isEnded = true
        proceed()
      }
      const onError = (error: unknown) => {
        stream.pause()
        buffer.fail(error)
      }
      const onClose = () => {
        if (!isEnded) onError(endedTooEarly())
      }
      stream.on('data', onData).once('end', onEnd).once('error', onError).once('close', onClose)
      // It may have ended or gone away before anybody listened, and then tells so no more.
      if (stream.readableEnded) onEnd()
      else if (stream.destroyed) onClose()
      try {
        await buffer.done
      } finally {
        stream.pause()
        stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
        // An error that comes later finds nobody waiting for it, which must not end the process.
        stream.on('error', () => undefined)
      }
    },
  }
}
