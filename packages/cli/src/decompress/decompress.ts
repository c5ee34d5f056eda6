import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Compression } from './compression.ts'
import { decompressXz } from './decompress-xz.ts'
import { decompressZstd } from './decompress-zstd.ts'
import { outputChunkBytes } from './output-chunk.ts'

/** Unpacks a stream as it comes. A packed stream that is damaged or cut short is an error at the latest at its end. */
export function decompress(packed: AsyncIterable<Buffer>, compression: Compression): AsyncIterable<Buffer> {
  switch (compression) {
    case 'zstd':
      return decompressZstd(packed)
    case 'xz':
      return decompressXz(packed)
    case 'gzip':
      return gunzip(packed)
  }
}

async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(packed)
  const engine = createGunzip({ chunkSize: outputChunkBytes })
  // `pipe` passes bytes on but not errors, and a stream that stops in the middle would wait for ever.
  source.on('error', (error) => engine.destroy(error))
  try {
    yield* source.pipe(engine) as AsyncIterable<Buffer>
  } finally {
    source.destroy()
  }
}
