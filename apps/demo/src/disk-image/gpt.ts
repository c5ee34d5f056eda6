import { crc32 } from 'node:zlib'
import { writeGuid } from './guid.ts'

/** UEFI specification 2.10, chapter 5: the GUID partition table. */
export const sectorSizeBytes = 512

const entryCount = 128
const entrySizeBytes = 128
const entriesSectors = (entryCount * entrySizeBytes) / sectorSizeBytes
const headerSizeBytes = 92
const revision = 0x00010000
/** Sectors at each end that the table takes: MBR (front only), header, entries. */
const firstUsableSector = 2 + entriesSectors

export interface Partition {
  readonly typeGuid: string
  readonly guid: string
  /** At most 36 UTF-16 code units. */
  readonly name: string
  readonly firstSector: number
  /** Inclusive, as GPT has it. */
  readonly lastSector: number
}

export interface GptOptions {
  readonly diskSizeBytes: number
  readonly diskGuid: string
  readonly partitions: readonly Partition[]
}

export interface Gpt {
  /** Protective MBR, primary header and entries: belongs at byte 0. */
  readonly front: Buffer
  /** Backup entries and header: belongs at `backOffset`. */
  readonly back: Buffer
  readonly backOffset: number
}

export function createGpt({ diskSizeBytes, diskGuid, partitions }: GptOptions): Gpt {
  const sectorCount = diskSizeBytes / sectorSizeBytes
  const lastSector = sectorCount - 1
  const backEntriesSector = lastSector - entriesSectors
  const entries = formatEntries(partitions)
  const shared = { diskGuid, lastUsableSector: backEntriesSector - 1, entriesCrc32: crc32(entries) }
  const primary = formatHeader({ ...shared, ownSector: 1, otherSector: lastSector, entriesSector: 2 })
  const backup = formatHeader({ ...shared, ownSector: lastSector, otherSector: 1, entriesSector: backEntriesSector })
  return {
    front: Buffer.concat([formatProtectiveMbr(sectorCount), primary, entries]),
    back: Buffer.concat([entries, backup]),
    backOffset: backEntriesSector * sectorSizeBytes,
  }
}

/** Tells tools that know only MBR that the disk is taken (section 5.2.3). */
function formatProtectiveMbr(sectorCount: number): Buffer {
  const sector = Buffer.alloc(sectorSizeBytes)
  sector.set([0x00, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff], 446)
  sector.writeUInt32LE(1, 454)
  sector.writeUInt32LE(Math.min(sectorCount - 1, 0xffffffff), 458)
  sector.writeUInt16LE(0xaa55, 510)
  return sector
}

function formatEntries(partitions: readonly Partition[]): Buffer {
  const entries = Buffer.alloc(entryCount * entrySizeBytes)
  for (const [index, { typeGuid, guid, name, firstSector, lastSector }] of partitions.entries()) {
    const offset = index * entrySizeBytes
    writeGuid(entries, typeGuid, offset)
    writeGuid(entries, guid, offset + 16)
    entries.writeBigUInt64LE(BigInt(firstSector), offset + 32)
    entries.writeBigUInt64LE(BigInt(lastSector), offset + 40)
    entries.write(name, offset + 56, 'utf16le')
  }
  return entries
}

interface HeaderOptions {
  readonly diskGuid: string
  readonly ownSector: number
  readonly otherSector: number
  readonly entriesSector: number
  readonly lastUsableSector: number
  readonly entriesCrc32: number
}

function formatHeader(options: HeaderOptions): Buffer {
  const sector = Buffer.alloc(sectorSizeBytes)
  sector.write('EFI PART', 0, 'latin1')
  sector.writeUInt32LE(revision, 8)
  sector.writeUInt32LE(headerSizeBytes, 12)
  sector.writeBigUInt64LE(BigInt(options.ownSector), 24)
  sector.writeBigUInt64LE(BigInt(options.otherSector), 32)
  sector.writeBigUInt64LE(BigInt(firstUsableSector), 40)
  sector.writeBigUInt64LE(BigInt(options.lastUsableSector), 48)
  writeGuid(sector, options.diskGuid, 56)
  sector.writeBigUInt64LE(BigInt(options.entriesSector), 72)
  sector.writeUInt32LE(entryCount, 80)
  sector.writeUInt32LE(entrySizeBytes, 84)
  sector.writeUInt32LE(options.entriesCrc32, 88)
  // Computed last, over the header with this field still zero.
  sector.writeUInt32LE(crc32(sector.subarray(0, headerSizeBytes)), 16)
  return sector
}
