import { limits } from '@slipway/core'
import { formatBytes } from '../format/bytes.ts'
import type { Inspection } from '../inspect/inspect-image.ts'

/** What is odd about an image that is to boot: one line each. None of it makes an upload impossible. */
export function imageWarnings(inspection: Inspection): string[] {
  const { format, partitionTable, fileSystem, sizeBytes } = inspection
  const warnings: string[] = []
  if (['gzip', 'zstd', 'xz'].includes(format.name)) {
    return [`it is packed with ${format.name} and would be stored like that: --decompress unpacks it on the way`]
  }
  if (format.name === 'bzip2' || format.name === 'squashfs') return [`it is ${format.name}, not a disk image`]
  if (format.name !== 'raw' && format.name !== 'iso') {
    warnings.push(`it is ${format.name}, not raw, and is stored as it is: qemu-img convert -O raw makes a raw one`)
  }
  if (format.needs) warnings.push(`it needs ${format.needs} besides itself`)
  const { virtualSizeBytes } = format
  if (virtualSizeBytes !== undefined && virtualSizeBytes !== sizeBytes && virtualSizeBytes > limits.maxImageSizeBytes) {
    warnings.push(
      `its disk is ${formatBytes(virtualSizeBytes)}, more than the ${formatBytes(limits.maxImageSizeBytes)} of an image`,
    )
  }
  if (format.name === 'raw' && !partitionTable) {
    warnings.push(
      `it has no partition table${fileSystem ? `, only a file system (${fileSystem})` : ''}: it may not boot`,
    )
  }
  for (const problem of partitionTable?.problems ?? []) warnings.push(problem)
  const isWholeSectors = sizeBytes === undefined || sizeBytes % 512 === 0
  if (partitionTable && !isWholeSectors) warnings.push('its size is not a multiple of 512 bytes: it may be cut short')
  return warnings
}
