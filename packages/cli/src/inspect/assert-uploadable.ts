import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { limits } from '@slipway/core'
import { CommandFailure } from '../command-failure.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes } from '../format/bytes.ts'

/** Is it a regular file of a size that an image can have? @throws {CommandFailure} when it is not */
export async function assertUploadable(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(error, path)
  })
  if (!found.isFile()) throw refusal(`${path} is ${found.isDirectory() ? 'a folder' : 'not a regular file'}`)
  if (found.size === 0) throw refusal(`${path} is empty`)
  if (found.size > limits.maxImageSizeBytes) {
    throw refusal(`${path} is ${formatBytes(found.size)}, more than ${formatBytes(limits.maxImageSizeBytes)}`)
  }
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw unreadable(error, path)
  })
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'cannot be read: permission denied',
}

/** A system's error about a file that was to be read, in words; anything else stays as it is. */
export function unreadable(error: unknown, label: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof CommandFailure || typeof code !== 'string') return error
  return refusal(`${label} ${reasons[code] ?? `cannot be read (${code})`}`, error)
}

function refusal(message: string, cause?: unknown): CommandFailure {
  return new CommandFailure(message, { exitCode: exitCodes.localFile, cause })
}
