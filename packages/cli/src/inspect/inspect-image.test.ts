import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { imageWarnings } from '../preflight/image-warnings.ts'
import { headBytes, type ImageBytes } from './image-bytes.ts'
import { inspectImage } from './inspect-image.ts'

const MiB = 2 ** 20
const sector = 512

function fileOf(bytes: Buffer): ImageBytes {
  return { ...headBytes(bytes), sizeBytes: bytes.length, allocatedBytes: bytes.length }
}

const warningsOf = async (bytes: Buffer) => imageWarnings(await inspectImage(fileOf(bytes)))

/** A disk of 4 MiB with an EFI system partition and a Linux one. */
function gptDisk(): Buffer {
  const disk = Buffer.alloc(4 * MiB)
  const lastSector = disk.length / sector - 1
  disk[446 + 4] = 0xee
  disk.writeUInt16LE(0xaa55, 510)
  const entries = disk.subarray(2 * sector, 34 * sector)
  for (const [index, type, first, last] of [
    [0, 0xc12a7328, 2048, 4095],
    [1, 0x0fc63daf, 4096, 6143],
  ] as const) {
    entries.writeUInt32LE(type, index * 128)
    entries.writeBigUInt64LE(BigInt(first), index * 128 + 32)
    entries.writeBigUInt64LE(BigInt(last), index * 128 + 40)
  }
  const header = disk.subarray(sector, 2 * sector)
  header.write('EFI PART', 'latin1')
  header.writeUInt32LE(92, 12)
  header.writeBigUInt64LE(1n, 24)
  header.writeBigUInt64LE(BigInt(lastSector), 32)
  header.writeBigUInt64LE(2n, 72)
  header.writeUInt32LE(128, 80)
  header.writeUInt32LE(128, 84)
  header.writeUInt32LE(crc32(entries), 88)
  header.writeUInt32LE(crc32(header.subarray(0, 92)), 16)
  disk.write('EFI PART', lastSector * sector, 'latin1')
  return disk
}

function mbrDisk(sectors: number): Buffer {
  const disk = Buffer.alloc(MiB)
  disk[446 + 4] = 0x83
  disk.writeUInt32LE(63, 446 + 8)
  disk.writeUInt32LE(sectors, 446 + 12)
  disk.writeUInt16LE(0xaa55, 510)
  return disk
}

function withText(text: string, position = 0, length = MiB): Buffer {
  const bytes = Buffer.alloc(length)
  bytes.write(text, position, 'latin1')
  return bytes
}

describe('the inspection of an image', () => {
  it('reads a GPT, and has nothing to say of a whole one', async () => {
    const { format, partitionTable } = await inspectImage(fileOf(gptDisk()))
    expect(format).toEqual({ name: 'raw', virtualSizeBytes: 4 * MiB })
    expect(partitionTable).toEqual({
      kind: 'gpt',
      sectorBytes: 512,
      partitions: [
        { number: 1, type: 'EFI system', sizeBytes: MiB },
        { number: 2, type: 'Linux', sizeBytes: MiB },
      ],
      problems: [],
    })
    expect(await warningsOf(gptDisk())).toEqual([])
  })

  it('sees that a GPT disk was cut short or damaged', async () => {
    const cut = gptDisk().subarray(0, 3 * MiB - 2 * sector)
    expect(await warningsOf(cut)).toEqual([
      'its backup GPT lies beyond its end: it seems to be cut short',
      "partition 2 ends beyond the file's end",
    ])
    const damaged = gptDisk()
    damaged.writeUInt8(1, sector + 60)
    expect(await warningsOf(damaged)).toEqual(["its GPT header's checksum is wrong"])
    const headless = gptDisk().fill(0, sector, 2 * sector)
    expect(await warningsOf(headless)).toEqual(['its GPT header is missing'])
  })

  it('reads an MBR', async () => {
    const { partitionTable } = await inspectImage(fileOf(mbrDisk(1000)))
    expect(partitionTable).toMatchObject({
      kind: 'mbr',
      partitions: [{ number: 1, type: 'Linux', sizeBytes: 512_000 }],
    })
    expect(await warningsOf(mbrDisk(1000))).toEqual([])
    expect(await warningsOf(mbrDisk(9999))).toEqual(["partition 1 ends beyond the file's end"])
    expect(await warningsOf(mbrDisk(1000).subarray(0, MiB - 1))).toEqual([
      'its size is not a multiple of 512 bytes: it may be cut short',
    ])
  })

  it.each([
    ['ext4', withText('\x53\xef', 1080)],
    ['xfs', withText('XFSB')],
    ['btrfs', withText('_BHRfS_M', 0x10040)],
    ['FAT', Buffer.concat([withText('FAT32', 82, 510), Buffer.from([0x55, 0xaa])])],
  ])('warns of a bare %s file system', async (name, bytes) => {
    expect(await warningsOf(bytes)).toEqual([
      `it has no partition table, only a file system (${name}): it may not boot`,
    ])
  })

  it('warns of what has no structure at all, down to a single byte', async () => {
    for (const length of [1, 511, 512, MiB]) {
      const [first] = await warningsOf(Buffer.alloc(length, 7))
      expect(first).toBe('it has no partition table: it may not boot')
    }
  })

  it('reads the virtual size of a qcow2, and sees that it is not whole', async () => {
    const qcow2 = withText('QFI\xfb')
    qcow2.writeBigUInt64BE(10n * 2n ** 30n, 24)
    expect((await inspectImage(fileOf(qcow2))).format).toEqual({ name: 'qcow2', virtualSizeBytes: 10 * 2 ** 30 })
    expect(await warningsOf(qcow2)).toEqual([
      'it is qcow2, not raw, and is stored as it is: qemu-img convert -O raw makes a raw one',
    ])
    qcow2.writeBigUInt64BE(4096n, 8)
    qcow2.writeBigUInt64BE(2n ** 40n, 24)
    expect((await warningsOf(qcow2)).slice(1)).toEqual([
      'it needs a backing file besides itself',
      'its disk is 1.0 TiB, more than the 128 GiB of an image',
    ])
  })

  it.each([
    ['vmdk', withText('KDMV')],
    ['vmdk', withText('# Disk DescriptorFile')],
    ['vhdx', withText('vhdxfile')],
    ['vhd', withText('conectix')],
    ['vdi', withText('\x7f\x10\xda\xbe', 64)],
    ['iso', withText('CD001', 32_769)],
    ['gzip', withText('\x1f\x8b')],
    ['zstd', withText('\x28\xb5\x2f\xfd')],
    ['xz', withText('\xfd7zXZ\0')],
    ['bzip2', withText('BZh9')],
    ['squashfs', withText('hsqs')],
  ])('knows %s by its signature', async (name, bytes) => {
    expect((await inspectImage(fileOf(bytes))).format.name).toBe(name)
    expect((await warningsOf(bytes)).length).toBe(name === 'iso' ? 0 : 1)
    expect((await warningsOf(bytes.subarray(0, 80))).length).toBeGreaterThan(0)
  })

  it('is not led astray by entries that cannot be', async () => {
    const disk = gptDisk()
    disk.writeUInt32LE(0xffffffff, sector + 80)
    disk.writeUInt32LE(1, sector + 84)
    expect((await inspectImage(fileOf(disk))).partitionTable?.partitions).toEqual([])
    disk.writeUInt32LE(4096, sector + 84)
    disk.writeBigUInt64LE(2n ** 60n, sector + 72)
    expect((await inspectImage(fileOf(disk))).partitionTable?.partitions).toEqual([])
  })

  it('says of a stream what its beginning tells', async () => {
    const head = gptDisk().subarray(0, 70_000)
    const inspection = await inspectImage(headBytes(head))
    expect(inspection.partitionTable?.partitions).toHaveLength(2)
    expect(imageWarnings(inspection)).toEqual([])
  })
})
