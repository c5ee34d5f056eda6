import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeDiskImage } from './make-disk-image.ts'

const MiB = 1024 * 1024
let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-demo-test-'))
})
afterEach(() => rm(directory, { recursive: true }))

async function make(sizeBytes: number, seed?: string): Promise<string> {
  const path = join(directory, `${sizeBytes}-${seed}.img`)
  await makeDiskImage({ path, sizeBytes, ...(seed !== undefined && { seed }) })
  return path
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

describe('makeDiskImage', () => {
  it('makes the same bytes every time and everywhere', async () => {
    expect(sha256(await readFile(await make(16 * MiB)))).toBe(
      '5610e1c3a1ec1aed7f7f3b5af9d1570b2c892be0c8c56ae77adce1e0f06bbe20',
    )
  })

  it('makes other bytes for another seed', async () => {
    const [one, other] = [await readFile(await make(8 * MiB, 'one')), await readFile(await make(8 * MiB, 'other'))]
    expect(one.equals(other)).toBe(false)
  })

  it('leaves its empty regions unwritten', async () => {
    const { size, blocks } = await stat(await make(64 * MiB))
    expect(size).toBe(64 * MiB)
    expect(blocks * 512).toBeLessThan(0.9 * 64 * MiB)
  })

  it('fills the root partition with text that shrinks and random bytes that do not', async () => {
    const bytes = await readFile(await make(16 * MiB))
    // One MiB of table and two of EFI partition come first; then the root's pattern: text, text, random, empty, …
    const compressedShare = (index: number) => gzipSync(bytes.subarray(index * MiB, (index + 1) * MiB)).length / MiB
    expect(compressedShare(3)).toBeLessThan(0.5)
    expect(compressedShare(5)).toBeGreaterThan(0.99)
    expect(bytes.subarray(6 * MiB, 7 * MiB).every((byte) => byte === 0)).toBe(true)
  })

  it('refuses a size that is not whole MiB or too small for its partitions', async () => {
    await expect(make(16 * MiB + 512)).rejects.toThrow(RangeError)
    await expect(make(4 * MiB)).rejects.toThrow(RangeError)
  })

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort()
    await expect(makeDiskImage({ path: join(directory, 'x.img'), sizeBytes: 16 * MiB, signal })).rejects.toThrow(
      'abort',
    )
  })
})

describe('the partition table', () => {
  const sizeBytes = 16 * MiB
  const lastSector = sizeBytes / 512 - 1
  const sectorOf = (bytes: Buffer, sector: number) => bytes.subarray(sector * 512, (sector + 1) * 512)

  function parseHeader(sector: Buffer) {
    const unsigned = Buffer.from(sector.subarray(0, 92))
    unsigned.writeUInt32LE(0, 16)
    return {
      signature: sector.toString('latin1', 0, 8),
      crcIsRight: sector.readUInt32LE(16) === crc32(unsigned),
      own: Number(sector.readBigUInt64LE(24)),
      other: Number(sector.readBigUInt64LE(32)),
      firstUsable: Number(sector.readBigUInt64LE(40)),
      lastUsable: Number(sector.readBigUInt64LE(48)),
      entries: Number(sector.readBigUInt64LE(72)),
      entriesCrc: sector.readUInt32LE(88),
    }
  }

  it('has two headers that point at each other, each with right checksums', async () => {
    const bytes = await readFile(await make(sizeBytes))
    for (const [own, other] of [
      [1, lastSector],
      [lastSector, 1],
    ] as const) {
      const header = parseHeader(sectorOf(bytes, own))
      expect(header).toMatchObject({ signature: 'EFI PART', crcIsRight: true, own, other })
      const entries = bytes.subarray(header.entries * 512, header.entries * 512 + 128 * 128)
      expect(crc32(entries)).toBe(header.entriesCrc)
    }
  })

  it('is hidden from old tools behind a protective MBR', async () => {
    const mbr = sectorOf(await readFile(await make(sizeBytes)), 0)
    expect(mbr.readUInt16LE(510)).toBe(0xaa55)
    expect(mbr[450]).toBe(0xee)
    expect(mbr.readUInt32LE(454)).toBe(1)
    expect(mbr.readUInt32LE(458)).toBe(lastSector)
  })

  it('has an EFI system and a root partition, aligned, in order and within the usable sectors', async () => {
    const bytes = await readFile(await make(sizeBytes))
    const { firstUsable, lastUsable } = parseHeader(sectorOf(bytes, 1))
    const entry = (index: number) => {
      const raw = bytes.subarray(1024 + index * 128, 1024 + (index + 1) * 128)
      return {
        type: raw.toString('hex', 0, 16),
        first: Number(raw.readBigUInt64LE(32)),
        last: Number(raw.readBigUInt64LE(40)),
        name: raw.toString('utf16le', 56, 128).replace(/\0+$/, ''),
      }
    }
    const [efi, root, none] = [entry(0), entry(1), entry(2)]
    // The mixed-endian form in which GPT stores C12A7328-F81F-… and 4F68BCE3-E8CD-….
    expect(efi).toMatchObject({ type: '28732ac11ff8d211ba4b00a0c93ec93b', name: 'EFI system' })
    expect(root).toMatchObject({ type: 'e3bc684fcde8b14d96e7fbcaf984b709', name: 'root' })
    expect(none).toMatchObject({ first: 0, last: 0, name: '' })
    expect(efi.first % 2048).toBe(0)
    expect(root.first % 2048).toBe(0)
    expect([firstUsable, efi.first, efi.last + 1, root.first, root.last]).toEqual(
      [firstUsable, efi.first, efi.last + 1, root.first, root.last].toSorted((a, b) => a - b),
    )
    expect(root.last).toBeLessThanOrEqual(lastUsable)
  })
})
