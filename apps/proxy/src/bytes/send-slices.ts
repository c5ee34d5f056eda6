import type { ServerResponse } from 'node:http'
import type { BlobStore, OpenBlob } from '../blobs/blob-store.ts'
import type { BufferPool } from '../blobs/buffer-pool.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { BlobSlice } from './slices.ts'

interface SendSlicesDeps {
  readonly blobs: Pick<BlobStore, 'open'>
  readonly buffers: BufferPool
  readonly metrics: Pick<Metrics, 'addSentBytes'>
}

interface SendSlicesOptions {
  readonly response: ServerResponse
  readonly slices: readonly BlobSlice[]
}

/** Sends a range's bytes, part after part. Two pooled buffers in turn: one is read into while the other drains to the socket. */
export async function sendSlices(
  { blobs, buffers, metrics }: SendSlicesDeps,
  options: SendSlicesOptions,
): Promise<void> {
  const { response, slices } = options
  const writer = createWriter(response)
  let reading = buffers.acquire()
  let sending = buffers.acquire()
  let sent: Promise<'sent' | 'closed'> = Promise.resolve('sent')
  let isWriting = false
  try {
    for (const { blobKey, from, to } of slices) {
      const blob = await blobs.open(blobKey)
      try {
        for (let position = from; position < to; ) {
          const length = await readChunk(blob, reading.subarray(0, Math.min(reading.length, to - position)), position)
          position += length
          if ((await sent) === 'closed') return
          isWriting = true
          metrics.addSentBytes(length)
          sent = writer.write(reading.subarray(0, length))
          ;[reading, sending] = [sending, reading]
        }
      } finally {
        await blob.close()
      }
    }
    if ((await sent) === 'closed') return
    isWriting = false
    response.end()
  } finally {
    writer.detach()
    // A buffer that a broken socket may still hold on to is left to the collector, not lent again.
    buffers.release(reading)
    if (isWriting) buffers.forfeit(sending)
    else buffers.release(sending)
  }
}

async function readChunk(blob: OpenBlob, buffer: Uint8Array, position: number): Promise<number> {
  const length = await blob.read(buffer, position)
  if (length === 0) throw new Error('a blob is shorter than its part')
  return length
}

/**
 * Writes one chunk at a time and knows when the reader is gone. One listener for all chunks: racing each of them with a
 * promise of the end would keep a trace of each until then, for a hundred thousand chunks of a large image.
 */
function createWriter(response: ServerResponse) {
  let isClosed = response.destroyed
  let settle: ((outcome: 'sent' | 'closed') => void) | undefined
  const onClose = () => {
    isClosed = true
    settle?.('closed')
  }
  response.once('close', onClose)
  return {
    write: (chunk: Uint8Array) =>
      new Promise<'sent' | 'closed'>((resolve) => {
        if (isClosed) return resolve('closed')
        settle = resolve
        response.write(chunk, (error) => resolve(error ? 'closed' : 'sent'))
      }),
    detach: () => response.off('close', onClose),
  }
}
