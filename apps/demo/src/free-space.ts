import { statfs } from 'node:fs/promises'
import { DemoFailure } from './demo-failure.ts'
import { formatSize } from './figures.ts'

/** For the database, logs and the file system's own needs. */
const reserveBytes = 64 * 1024 * 1024

export interface SpaceNeed {
  readonly directory: string
  readonly sizeBytes: number
  /** How many times the image is on the disk at once. */
  readonly copies: number
}

export async function assertFreeSpace({ directory, sizeBytes, copies }: SpaceNeed): Promise<void> {
  const { bavail, bsize } = await statfs(directory).catch((error: NodeJS.ErrnoException) => {
    throw new DemoFailure(`the temporary folder ${directory} cannot be used (${error.code}): set TMPDIR to another one`)
  })
  const freeBytes = bavail * bsize
  const neededBytes = sizeBytes * copies + reserveBytes
  if (freeBytes >= neededBytes) return
  throw new DemoFailure(
    `the demo needs ${formatSize(neededBytes)} in ${directory}, and only ${formatSize(freeBytes)} are free there: ` +
      'set TMPDIR to a folder on a larger disk',
  )
}
