import { link, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DestinationError } from '../errors/slipway-error.ts'

/** Refuses what could only fail after hours. */
export async function assertDestination(path: string, { overwrite }: { readonly overwrite: boolean }): Promise<void> {
  const existing = await statIfThere(path)
  if (existing?.isDirectory()) {
    throw new DestinationError(`${path} is a directory: name the file to make`, { code: 'not_a_file' })
  }
  if (existing && !overwrite) throw alreadyThere(path)
  const parent = await statIfThere(dirname(path))
  if (!parent?.isDirectory()) {
    throw new DestinationError(`there is no folder ${dirname(path)}: make it first`, { code: 'no_folder' })
  }
}

/** Gives the verified file its name, durably. */
export async function commitFile(options: {
  readonly from: string
  readonly to: string
  readonly overwrite: boolean
}): Promise<void> {
  const { from, to, overwrite } = options
  try {
    if (overwrite || !(await linkInstead(from, to))) await rename(from, to)
    await syncFolder(dirname(to))
  } catch (error) {
    throw error instanceof DestinationError ? error : toDestinationError(to, error)
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** A rename replaces what came to be there meanwhile, a hard link does not. @returns false where links are not to be had */
async function linkInstead(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw alreadyThere(to)
    return false
  }
  await rm(from)
  return true
}

/** What a failed write to the destination means to its user. */
export function toDestinationError(path: string, error: unknown): DestinationError {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new DestinationError(`the disk of ${path} is full: make room and run the same again, it goes on from here`, {
      code: 'disk_full',
      cause: error,
    })
  }
  return new DestinationError(`${path} cannot be written: ${code ?? message}`, { code: 'unwritable', cause: error })
}

function alreadyThere(path: string): DestinationError {
  return new DestinationError(`${path} exists already: choose another name, or ask for it to be replaced`, {
    code: 'exists',
  })
}

async function statIfThere(path: string) {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw toDestinationError(path, error)
  })
}
