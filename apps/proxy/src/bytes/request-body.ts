import type { IncomingMessage } from 'node:http'
import type { ByteSource } from '../blobs/byte-source.ts'
import { createStreamSource } from '../blobs/stream-source.ts'
import type { NoteArrivedBytes } from '../young-collector.ts'

/** The body of a request on a byte route. Nothing of it is read before somebody asks. */
export interface RequestBody extends ByteSource {
  /** True once its last byte has arrived, or when there is none. */
  isComplete(): boolean
  /** Reads on for nothing: to its end or the connection's, but at most so many bytes. */
  discard(limitBytes: number): Promise<void>
}

/** A body as Node's own request stream has it. */
export function createStreamBody(request: IncomingMessage, noteArrivedBytes?: NoteArrivedBytes): RequestBody {
  return {
    ...createStreamSource(request, noteArrivedBytes),
    isComplete: () => request.complete,
    discard(limitBytes) {
      return new Promise((resolve) => {
        let readBytes = 0
        request.once('end', resolve).once('close', resolve)
        request.on('error', () => resolve())
        request.on('data', (chunk: Buffer) => {
          readBytes += chunk.length
          if (readBytes > limitBytes) resolve()
        })
        request.resume()
      })
    },
  }
}
