import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { formatBytes } from '../format/bytes.ts'

/**
 * @param missingBytes what is still to come
 * @returns a warning, or undefined when there is room, or nobody knows
 */
export function freeSpaceWarning(file: string, missingBytes: number): string | undefined {
  const freeBytes = freeBytesOf(dirname(file))
  if (freeBytes === undefined || freeBytes >= missingBytes) return undefined
  const [missing, free] = [missingBytes, freeBytes].map(formatBytes)
  return (
    `${missing} are to come and ${free} are free beside ${file}: it fits only if enough of it is zeros, which take no room; ` +
    'if the disk fills up, make room and run the same again'
  )
}

function freeBytesOf(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return undefined
  }
}
