import { formatBytes } from '../format/bytes.ts'
import { assertUploadable } from '../inspect/assert-uploadable.ts'
import { withFileBytes } from '../inspect/image-bytes.ts'
import { type Inspection, inspectImage } from '../inspect/inspect-image.ts'
import type { PartitionTable } from '../inspect/partition-table.ts'
import { imageWarnings } from '../preflight/image-warnings.ts'
import { type Finding, failed, ok, warning } from './check.ts'

/** Can it be uploaded, and would it boot? */
export async function checkFile(path: string): Promise<Finding[]> {
  try {
    await assertUploadable(path)
    const inspection = await withFileBytes(path, inspectImage)
    return [...describe(inspection), ...imageWarnings(inspection).map((text) => warning('image', text))]
  } catch (error) {
    return [failed('file', error)]
  }
}

function describe({
  format,
  sizeBytes = 0,
  allocatedBytes = sizeBytes,
  partitionTable,
  fileSystem,
}: Inspection): Finding[] {
  const { virtualSizeBytes } = format
  const isVirtual = virtualSizeBytes !== undefined && virtualSizeBytes !== sizeBytes
  const disk = isVirtual ? `, of a disk of ${formatBytes(virtualSizeBytes)}` : ''
  const holes = sizeBytes > allocatedBytes ? `, ${formatBytes(sizeBytes - allocatedBytes)} of it holes` : ''
  const findings = [
    ok('format', `${format.name}${fileSystem ? ` with ${fileSystem}` : ''}${disk}`),
    ok('size', `${formatBytes(sizeBytes)} (${sizeBytes} bytes)${holes}`),
  ]
  if (partitionTable) findings.push(ok('partitions', describeTable(partitionTable)))
  return findings
}

function describeTable({ kind, partitions }: PartitionTable): string {
  const parts = partitions.map(({ type, sizeBytes }) => `${type} ${formatBytes(sizeBytes)}`)
  return `${kind.toUpperCase()}: ${parts.length === 0 ? 'none' : parts.join(', ')}`
}
