import { type DiskFormat, detectDiskFormat, formatHeadBytes } from './disk-format.ts'
import { detectFileSystem, fileSystemHeadBytes } from './file-system.ts'
import type { ImageBytes } from './image-bytes.ts'
import { type PartitionTable, readPartitionTable } from './partition-table.ts'

/** What an image's bytes tell of it. */
export interface Inspection {
  readonly format: DiskFormat
  readonly sizeBytes: number | undefined
  readonly allocatedBytes: number | undefined
  readonly partitionTable: PartitionTable | undefined
  /** Looked for only where there are no partitions. */
  readonly fileSystem: string | undefined
}

/** As much of a stream's beginning as can tell anything. */
export const inspectionHeadBytes = Math.max(formatHeadBytes, fileSystemHeadBytes)

export async function inspectImage(bytes: ImageBytes): Promise<Inspection> {
  const format = await detectDiskFormat(bytes)
  const isDisk = format.name === 'raw' || format.name === 'iso'
  const partitionTable = isDisk ? await readPartitionTable(bytes) : undefined
  const fileSystem = format.name === 'raw' && !partitionTable ? await detectFileSystem(bytes) : undefined
  const { sizeBytes, allocatedBytes } = bytes
  return { format, sizeBytes, allocatedBytes, partitionTable, fileSystem }
}
