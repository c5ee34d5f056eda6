import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { detectCompression } from './compression.ts'
import { decompress } from './decompress.ts'
import { decompressXz } from './decompress-xz.ts'

const plain = createHash('sha512').update('seed').digest()
const image = Buffer.concat(Array.from({ length: 20_000 }, (_, index) => createHash('md5').update(`${index}`).digest()))

async function* inChunks(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

/** A frame that holds no data: RFC 8878, section 3.1.2. */
const skippable = Buffer.from('502a4d1804000000deadbeef', 'hex')

describe('detectCompression', () => {
  it.each([
    ['gzip', gzipSync(plain)],
    ['zstd', zstdCompressSync(plain)],
    ['zstd', skippable],
    ['xz', Buffer.from('fd377a585a00', 'hex')],
    [undefined, Buffer.from('not packed at all')],
    [undefined, Buffer.alloc(0)],
  ])('knows %s by its first bytes', (compression, head) => {
    expect(detectCompression(head)).toBe(compression)
  })
})

describe('decompress', () => {
  it.each([1, 7, 4096, 1 << 20])(
    'unpacks gzip and zstd in chunks of %d bytes, members and frames appended',
    async (length) => {
      const bytes = length < 100 ? plain : image
      const gzip = Buffer.concat([gzipSync(bytes), gzipSync(plain)])
      const zstd = Buffer.concat([skippable, zstdCompressSync(bytes), skippable, zstdCompressSync(plain)])
      const whole = Buffer.concat([bytes, plain])
      expect((await collect(decompress(inChunks(gzip, length), 'gzip'))).equals(whole)).toBe(true)
      expect((await collect(decompress(inChunks(zstd, length), 'zstd'))).equals(whole)).toBe(true)
    },
  )

  it.each([
    ['gzip', gzipSync(image)],
    ['zstd', zstdCompressSync(image)],
  ] as const)('refuses %s that is cut short or followed by something else', async (compression, packed) => {
    await expect(collect(decompress(inChunks(packed.subarray(0, -5), 4096), compression))).rejects.toThrow()
    const followed = Buffer.concat([packed, Buffer.from('and more')])
    await expect(collect(decompress(inChunks(followed, 4096), compression))).rejects.toThrow()
  })

  it.each(['gzip', 'zstd', 'xz'] as const)("passes on the %s source's own error", async (compression) => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield gzipSync(image).subarray(0, 100)
      throw new Error('the disk broke')
    }
    await expect(collect(decompress(broken(), compression))).rejects.toThrow()
  })

  it('lets go of its source when nobody wants more', async () => {
    let isLeft = false
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        const packed = zstdCompressSync(image)
        for (;;) yield packed
      } finally {
        isLeft = true
      }
    }
    for await (const chunk of decompress(endless(), 'zstd')) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    expect(isLeft).toBe(true)
  })
})

describe('decompressXz', () => {
  const hasXz = promisify(execFile)('xz', ['--version']).then(
    () => true,
    () => false,
  )

  it('unpacks by the program xz, and refuses what is cut short', async () => {
    if (!(await hasXz)) {
      await expect(collect(decompressXz(inChunks(plain, 64)))).rejects.toMatchObject({ exitCode: 8 })
      return
    }
    const packing = promisify(execFile)('xz', ['--stdout'], { encoding: 'buffer', maxBuffer: 1 << 24 })
    packing.child.stdin?.end(image)
    const { stdout: packed } = await packing
    expect((await collect(decompressXz(inChunks(packed, 4096)))).equals(image)).toBe(true)
    await expect(collect(decompressXz(inChunks(packed.subarray(0, -9), 4096)))).rejects.toThrow(/end of input/)
  })

  it('says what to install when there is no such program', async () => {
    const unpacked = collect(decompressXz(inChunks(plain, 64), '/nonexistent/xz'))
    await expect(unpacked).rejects.toMatchObject({
      exitCode: 8,
      message: 'unpacking xz needs the program /nonexistent/xz, which is not installed',
    })
  })
})
