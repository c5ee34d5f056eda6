import type { ImageBytes } from './image-bytes.ts'

const magics: readonly { readonly name: string; readonly position: number; readonly text: string }[] = [
  // The superblock begins at 1024; s_magic is at 0x38 of it.
  { name: 'ext4', position: 1080, text: '\x53\xef' },
  { name: 'xfs', position: 0, text: 'XFSB' },
  { name: 'btrfs', position: 0x10040, text: '_BHRfS_M' },
  { name: 'FAT', position: 54, text: 'FAT' },
  { name: 'FAT', position: 82, text: 'FAT' },
  { name: 'NTFS', position: 3, text: 'NTFS' },
]

/** Bytes of a beginning in which all of these lie. */
export const fileSystemHeadBytes = 0x10048

/** The file system that begins where the image begins, as on a disk without partitions. */
export async function detectFileSystem(bytes: ImageBytes): Promise<string | undefined> {
  for (const { name, position, text } of magics) {
    if ((await bytes.read(position, text.length)).toString('latin1') === text) return name
  }
  return undefined
}
