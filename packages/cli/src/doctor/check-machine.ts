import { access, constants, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { formatBytes } from '../format/bytes.ts'
import { type Finding, ok, warning } from './check.ts'

/** A stream's parts wait here until the server has them: 16 of 64 MiB at most by default. */
const wantedSpoolBytes = 1024 ** 3

/** Is there room for what a stream spools, and for notes of unfinished uploads? */
export async function checkMachine({ journalDirectory }: { readonly journalDirectory: string }): Promise<Finding[]> {
  return Promise.all([checkSpool(), checkJournal(journalDirectory)])
}

export async function checkSpool(): Promise<Finding> {
  const folder = tmpdir()
  try {
    const { bavail, bsize } = await statfs(folder)
    const freeBytes = bavail * bsize
    const message = `${formatBytes(freeBytes)} free in ${folder}`
    if (freeBytes >= wantedSpoolBytes) return ok('temporary space', message)
    return warning(
      'temporary space',
      `${message}: uploads from standard input need up to 1 GiB (TMPDIR chooses the place)`,
    )
  } catch (error) {
    return warning('temporary space', `${folder} cannot be looked at: ${(error as Error).message}`)
  }
}

async function checkJournal(directory: string): Promise<Finding> {
  for (let folder = directory; ; folder = dirname(folder)) {
    try {
      await access(folder, constants.W_OK)
      return ok('resume records', directory)
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      // Folders are made as needed: the nearest that is there decides.
      if (isMissing && dirname(folder) !== folder) continue
      return warning('resume records', `${folder} cannot be written: an interrupted upload may have to begin anew`)
    }
  }
}
