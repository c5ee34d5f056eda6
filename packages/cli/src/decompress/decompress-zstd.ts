import { createZstdDecompress, type ZstdDecompress } from 'node:zlib'
import { outputChunkBytes } from './output-chunk.ts'

/**
 * Unpacks every frame of a zstd stream. Node's own stream stops after the frame that ends in the middle of a chunk and
 * drops the rest without a word, which would cut images packed by `pzstd` or by appending: each frame that ends there
 * is followed by a new stream that is fed what was left over.
 */
export async function* decompressZstd(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = packed[Symbol.asyncIterator]()
  let left: Buffer | undefined
  const take = async (): Promise<Buffer | undefined> => {
    for (;;) {
      const chunk = left ?? (await input.next()).value
      left = undefined
      if (chunk === undefined || chunk.length > 0) return chunk
    }
  }
  try {
    for (;;) {
      const first = await take()
      if (first === undefined) return
      const engine = createZstdDecompress({ chunkSize: outputChunkBytes })
      const feeding = feed({ engine, first, take })
      // It fails with the engine, whose error is thrown below.
      feeding.catch((error: Error) => engine.destroy(error))
      yield* engine as AsyncIterable<Buffer>
      left = await feeding
    }
  } finally {
    await input.return?.()
  }
}

interface FeedOptions {
  readonly engine: ZstdDecompress
  readonly first: Buffer
  readonly take: () => Promise<Buffer | undefined>
}

/** @returns what the engine did not take, as its frame had ended */
async function feed({ engine, first, take }: FeedOptions): Promise<Buffer | undefined> {
  for (let chunk: Buffer | undefined = first; chunk; chunk = await take()) {
    const consumedBefore = engine.bytesWritten
    await write(engine, chunk)
    const consumed = engine.bytesWritten - consumedBefore
    if (consumed < chunk.length) return chunk.subarray(consumed)
  }
  engine.end()
  return undefined
}

function write(engine: ZstdDecompress, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    engine.write(chunk, (error) => (error ? reject(error) : resolve()))
  })
}
