import type { ImageBytes } from './image-bytes.ts'

export interface DiskFormat {
  readonly name:
    | 'raw'
    | 'qcow2'
    | 'vmdk'
    | 'vhdx'
    | 'vhd'
    | 'vdi'
    | 'iso'
    | 'gzip'
    | 'zstd'
    | 'xz'
    | 'bzip2'
    | 'squashfs'
  /** The size of the disk that it holds, where the format says. */
  readonly virtualSizeBytes?: number
  /** What it needs besides itself: a qcow2 over a backing file is not whole. */
  readonly needs?: 'a backing file' | 'a key'
}

interface Signature {
  readonly name: DiskFormat['name']
  readonly position: number
  readonly text: string
}

/** Latin-1, so that every byte is one character. */
const signatures: readonly Signature[] = [
  { name: 'qcow2', position: 0, text: 'QFI\xfb' },
  { name: 'vmdk', position: 0, text: 'KDMV' },
  { name: 'vmdk', position: 0, text: 'COWD' },
  { name: 'vmdk', position: 0, text: '# Disk DescriptorFile' },
  { name: 'vhdx', position: 0, text: 'vhdxfile' },
  { name: 'vhd', position: 0, text: 'conectix' },
  { name: 'vdi', position: 64, text: '\x7f\x10\xda\xbe' },
  { name: 'gzip', position: 0, text: '\x1f\x8b' },
  { name: 'zstd', position: 0, text: '\x28\xb5\x2f\xfd' },
  { name: 'xz', position: 0, text: '\xfd7zXZ\0' },
  { name: 'bzip2', position: 0, text: 'BZh' },
  { name: 'squashfs', position: 0, text: 'hsqs' },
]

/** ECMA-119: the first volume descriptor is sector 16 of 2048 bytes, its identifier one byte in. */
const isoPosition = 16 * 2048 + 1
/** Bytes of a beginning in which every signature lies. */
export const formatHeadBytes = isoPosition + 5
/** The fields of headers read below lie in this. */
const headerBytes = 512

/** Tells a file's format by its signature, not by its name. What has none is raw. */
export async function detectDiskFormat(bytes: ImageBytes): Promise<DiskFormat> {
  const head = await bytes.read(0, headerBytes)
  const found = signatures.find(({ position, text }) => hasText(head, position, text))
  if (found) return { name: found.name, ...detailsOf(found.name, head) }
  if (hasText(await bytes.read(isoPosition, 5), 0, 'CD001')) return { name: 'iso' }
  return { name: 'raw', ...(bytes.sizeBytes !== undefined && { virtualSizeBytes: bytes.sizeBytes }) }
}

function hasText(bytes: Buffer, position: number, text: string): boolean {
  return bytes.toString('latin1', position, position + text.length) === text
}

function detailsOf(name: DiskFormat['name'], head: Buffer): Omit<DiskFormat, 'name'> {
  if (head.length < headerBytes) return {}
  switch (name) {
    case 'qcow2': {
      // QEMU's docs/interop/qcow2: backing_file_offset at 8, size at 24, crypt_method at 32.
      const needs =
        head.readBigUInt64BE(8) !== 0n ? 'a backing file' : head.readUInt32BE(32) !== 0 ? 'a key' : undefined
      return { virtualSizeBytes: Number(head.readBigUInt64BE(24)), ...(needs && { needs }) }
    }
    case 'vmdk':
      // The sparse extent's header: capacity in sectors at 12. The others say it in text, or elsewhere.
      return hasText(head, 0, 'KDMV') ? { virtualSizeBytes: Number(head.readBigUInt64LE(12)) * 512 } : {}
    case 'vdi':
      return { virtualSizeBytes: Number(head.readBigUInt64LE(368)) }
    case 'vhd':
      // The copy of the footer at a dynamic disk's beginning: current size at 48.
      return { virtualSizeBytes: Number(head.readBigUInt64BE(48)) }
    default:
      return {}
  }
}
