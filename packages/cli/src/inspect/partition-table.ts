import { crc32 } from 'node:zlib'
import type { ImageBytes } from './image-bytes.ts'

export interface Partition {
  readonly number: number
  /** In words where it is known: `EFI system`, `Linux`; else the type's code. */
  readonly type: string
  readonly sizeBytes: number
}

export interface PartitionTable {
  readonly kind: 'gpt' | 'mbr'
  readonly sectorBytes: number
  readonly partitions: readonly Partition[]
  /** What is wrong with it, in words. */
  readonly problems: readonly string[]
}

const mbrTypes: Readonly<Record<number, string>> = {
  5: 'extended',
  7: 'NTFS or exFAT',
  11: 'FAT32',
  12: 'FAT32',
  14: 'FAT16',
  15: 'extended',
  130: 'Linux swap',
  131: 'Linux',
  142: 'Linux LVM',
  239: 'EFI system',
}

/** By the first four bytes of the type's GUID, which tell these apart. */
const gptTypes: Readonly<Record<string, string>> = {
  c12a7328: 'EFI system',
  '21686148': 'BIOS boot',
  '0fc63daf': 'Linux',
  '4f68bce3': 'Linux root (x86-64)',
  b921b045: 'Linux root (ARM64)',
  bc13c2ff: 'Linux boot',
  e6d6d379: 'Linux LVM',
  '0657fd6d': 'Linux swap',
  ebd0a0a2: 'basic data',
  e3c9e316: 'Microsoft reserved',
}

const mbrEntriesPosition = 446
const protectiveType = 0xee
/** UEFI asks for 128 entries; more than this is no table that anything writes. */
const maxGptEntries = 1024

/** Reads a raw disk's partition table. @returns undefined when there is none */
export async function readPartitionTable(bytes: ImageBytes): Promise<PartitionTable | undefined> {
  const mbr = await bytes.read(0, 512)
  if (mbr.length < 512 || mbr.readUInt16LE(510) !== 0xaa55) return undefined
  const types = [0, 1, 2, 3].map((index) => mbr[mbrEntriesPosition + index * 16 + 4] ?? 0)
  if (types.includes(protectiveType)) {
    for (const sectorBytes of [512, 4096]) {
      const gpt = await readGpt(bytes, sectorBytes)
      if (gpt) return gpt
    }
    return { kind: 'gpt', sectorBytes: 512, partitions: [], problems: ['its GPT header is missing'] }
  }
  const table = readMbr(mbr, bytes.sizeBytes)
  // A FAT file system's own boot sector ends with the same two bytes; its "entries" are code and text.
  return table.partitions.length === 0 || isBootSectorOfFat(mbr) ? undefined : table
}

function isBootSectorOfFat(sector: Buffer): boolean {
  return sector.toString('latin1', 54, 57) === 'FAT' || sector.toString('latin1', 82, 85) === 'FAT'
}

function readMbr(mbr: Buffer, sizeBytes: number | undefined): PartitionTable {
  const partitions: Partition[] = []
  const problems: string[] = []
  for (let index = 0; index < 4; index++) {
    const at = mbrEntriesPosition + index * 16
    const type = mbr[at + 4] ?? 0
    if (type === 0) continue
    const [start, count] = [mbr.readUInt32LE(at + 8), mbr.readUInt32LE(at + 12)]
    const number = index + 1
    partitions.push({ number, type: mbrTypes[type] ?? `type 0x${type.toString(16)}`, sizeBytes: count * 512 })
    if (endsBeyond((start + count) * 512, sizeBytes)) problems.push(`partition ${number} ends beyond the file's end`)
  }
  return { kind: 'mbr', sectorBytes: 512, partitions, problems }
}

async function readGpt(bytes: ImageBytes, sectorBytes: number): Promise<PartitionTable | undefined> {
  const header = await bytes.read(sectorBytes, 512)
  if (header.toString('latin1', 0, 8) !== 'EFI PART') return undefined
  const problems: string[] = []
  if (!hasValidChecksum(header)) problems.push("its GPT header's checksum is wrong")
  const backup = Number(header.readBigUInt64LE(32)) * sectorBytes
  if (bytes.sizeBytes !== undefined) {
    const copy = await bytes.read(backup, 8)
    if (copy.toString('latin1') !== 'EFI PART') {
      problems.push(
        endsBeyond(backup + sectorBytes, bytes.sizeBytes)
          ? 'its backup GPT lies beyond its end: it seems to be cut short'
          : 'its backup GPT is missing',
      )
    }
  }
  const partitions: Partition[] = []
  const [position, count, entryBytes] = [
    Number(header.readBigUInt64LE(72)) * sectorBytes,
    Math.min(header.readUInt32LE(80), maxGptEntries),
    header.readUInt32LE(84),
  ]
  // 128 × 2^n, by UEFI; anything else is damage, and is not followed.
  if (entryBytes < 128 || entryBytes > 4096) return { kind: 'gpt', sectorBytes, partitions, problems }
  const entries = await bytes.read(position, count * entryBytes)
  for (let number = 1; number * entryBytes <= entries.length; number++) {
    const entry = entries.subarray((number - 1) * entryBytes, number * entryBytes)
    const type = entry.readUInt32LE(0).toString(16).padStart(8, '0')
    if (type === '00000000') continue
    const [first, last] = [entry.readBigUInt64LE(32), entry.readBigUInt64LE(40)]
    const end = Number(last + 1n) * sectorBytes
    partitions.push({ number, type: gptTypes[type] ?? `type ${type}-…`, sizeBytes: end - Number(first) * sectorBytes })
    if (endsBeyond(end, bytes.sizeBytes)) problems.push(`partition ${number} ends beyond the file's end`)
  }
  return { kind: 'gpt', sectorBytes, partitions, problems }
}

/** Over the header with its own field as zero. */
function hasValidChecksum(header: Buffer): boolean {
  const length = header.readUInt32LE(12)
  if (length < 92 || length > header.length) return false
  const copy = Buffer.from(header.subarray(0, length))
  copy.writeUInt32LE(0, 16)
  return crc32(copy) === header.readUInt32LE(16)
}

function endsBeyond(end: number, sizeBytes: number | undefined): boolean {
  return sizeBytes !== undefined && end > sizeBytes
}
