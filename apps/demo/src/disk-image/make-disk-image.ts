import { type FileHandle, open } from 'node:fs/promises'
import { createGpt, sectorSizeBytes } from './gpt.ts'
import { guidFromBytes, partitionTypes } from './guid.ts'
import { createSeededBytes } from './random-bytes.ts'
import { chunkSizeBytes, createText, efiFilling, type Filling, rootFilling, textChunk } from './regions.ts'

export interface DiskImageOptions {
  /** Must not exist yet. */
  readonly path: string
  /** A multiple of 1 MiB, 8 MiB or more. */
  readonly sizeBytes: number
  /** Other bytes for another seed. */
  readonly seed?: string
  readonly signal?: AbortSignal | undefined
}

const minSizeBytes = 8 * chunkSizeBytes
const maxEfiChunks = 64
const sectorsPerChunk = chunkSizeBytes / sectorSizeBytes

/**
 * Makes a raw disk image: a GUID partition table, an EFI system partition and a Linux root partition, filled with text,
 * random bytes and holes. The same options make the same bytes, every time and everywhere.
 */
export async function makeDiskImage({
  path,
  sizeBytes,
  seed = 'slipway demo',
  signal,
}: DiskImageOptions): Promise<void> {
  if (sizeBytes < minSizeBytes || sizeBytes % chunkSizeBytes !== 0) {
    throw new RangeError(`a disk image takes a multiple of 1 MiB, ${minSizeBytes} bytes or more, not ${sizeBytes}`)
  }
  const randomBytes = createSeededBytes(seed)
  // The first chunk holds the table and aligns the partitions; the last one holds the backup table.
  const chunkCount = sizeBytes / chunkSizeBytes
  const efi = { first: 1, count: Math.min(maxEfiChunks, Math.floor(chunkCount / 8)) }
  const root = { first: efi.first + efi.count, count: chunkCount - efi.first - efi.count - 1 }
  const file = await open(path, 'wx', 0o600)
  try {
    // What is not written below stays a hole.
    await file.truncate(sizeBytes)
    const table = createGpt({
      diskSizeBytes: sizeBytes,
      diskGuid: guidFromBytes(randomBytes(16)),
      partitions: [
        partition(partitionTypes.efiSystem, 'EFI system', efi, randomBytes),
        partition(partitionTypes.linuxRootX64, 'root', root, randomBytes),
      ],
    })
    await writeAll(file, table.front, 0)
    const context = { file, randomBytes, text: createText(randomBytes), signal }
    await fill(efi, (index) => efiFilling(index, efi.count), context)
    await fill(root, rootFilling, context)
    await writeAll(file, table.back, table.backOffset)
  } finally {
    await file.close()
  }
}

/** A run of whole chunks. */
interface Region {
  readonly first: number
  readonly count: number
}

interface FillContext {
  readonly file: FileHandle
  readonly randomBytes: (byteCount: number) => Buffer
  readonly text: Buffer
  readonly signal: AbortSignal | undefined
}

function partition(typeGuid: string, name: string, { first, count }: Region, randomBytes: (count: number) => Buffer) {
  const firstSector = first * sectorsPerChunk
  const lastSector = firstSector + count * sectorsPerChunk - 1
  return { typeGuid, guid: guidFromBytes(randomBytes(16)), name, firstSector, lastSector }
}

async function fill(region: Region, fillingOf: (index: number) => Filling, context: FillContext): Promise<void> {
  const { file, randomBytes, text, signal } = context
  for (let index = 0; index < region.count; index++) {
    signal?.throwIfAborted()
    const filling = fillingOf(index)
    if (filling === 'empty') continue
    const chunk = region.first + index
    const bytes = filling === 'random' ? randomBytes(chunkSizeBytes) : textChunk(text, chunk)
    await writeAll(file, bytes, chunk * chunkSizeBytes)
  }
}

/** A write may take only a part of what it is given. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written)
    written += bytesWritten
  }
}
