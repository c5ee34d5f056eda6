import { SourceError } from '../errors/slipway-error.ts'

/** Reads a stream at the reader's pace: nothing is asked of it that is not wanted. */
export interface ChunkReader {
  /** Whether there is anything more; waits until that is known. */
  hasMore(): Promise<boolean>
  /** The next bytes, `maxBytes` at most. Only after {@link hasMore} said yes. */
  take(maxBytes: number): Buffer
  /** Nothing more is wanted: the stream is told, but not waited for. */
  stop(): void
}

export function createChunkReader(chunks: AsyncIterable<Uint8Array>, label: string): ChunkReader {
  const iterator = chunks[Symbol.asyncIterator]()
  let ahead: Buffer = Buffer.alloc(0)
  let isEnded = false

  async function readOn(): Promise<void> {
    const { done, value } = await iterator.next().catch((cause: unknown) => {
      throw new SourceError(`${label} failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
        code: 'unreadable',
        cause,
      })
    })
    if (done) {
      isEnded = true
      return
    }
    if (!(value instanceof Uint8Array)) {
      throw new SourceError(`${label} yields ${typeof value}s, not bytes: it must not have an encoding`, {
        code: 'not_bytes',
      })
    }
    ahead = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  }

  return {
    async hasMore() {
      while (ahead.length === 0 && !isEnded) await readOn()
      return ahead.length > 0
    },
    take(maxBytes) {
      const taken = ahead.subarray(0, maxBytes)
      ahead = ahead.subarray(taken.length)
      return taken
    },
    stop() {
      if (isEnded) return
      isEnded = true
      // A stream that is waiting for bytes answers `return` only when they come: it has to be torn down.
      const { destroy } = chunks as { destroy?: unknown }
      if (typeof destroy === 'function') destroy.call(chunks)
      else Promise.resolve(iterator.return?.()).catch(() => undefined)
    },
  }
}
