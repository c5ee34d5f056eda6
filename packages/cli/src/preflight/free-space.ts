import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { formatBytes } from '../format/bytes.ts'

/**
 * @param missingBytes what is still to come; blocks of zeros among it take no room, so that it may fit all the same
 * @returns a warning, or undefined when there is room, or nobody knows
 */
export function freeSpaceWarning(file: string, missingBytes: number): string | undefined {
  const freeBytes = freeBytesOf(dirname(file))
  if (freeBytes === undefined || freeBytes >= missingBytes) return undefined
  const [missing, free] = [missingBytes, freeBytes].map(formatBytes)
  return `${missing} are to come and ${free} are free beside ${file}: if the disk fills up, make room and run the same again`
}

function freeBytesOf(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return undefined
  }
}
