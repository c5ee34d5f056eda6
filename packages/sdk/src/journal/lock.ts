import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'

export interface Lock {
  release(): Promise<void>
}

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number
  readonly host: string
  /** When its process began, in the kernel's own units: a pid is used again, a pid and its beginning are not. */
  readonly processStart: string
  readonly nonce: string
}

/** What a file that names nobody stands for: one cut short by a power cut. */
const nobody: LockHolder = { pid: 0, host: '', processStart: '', nonce: 'nobody' }

/**
 * Takes an advisory lock that a killed holder does not keep: its file names the process, and a process that is gone
 * holds nothing.
 * @returns the lock, or its living holder
 */
export async function acquireLock(path: string): Promise<Lock | { readonly heldBy: LockHolder }> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const own: LockHolder = {
    pid: process.pid,
    host: hostname(),
    processStart: await processStartOf(process.pid),
    nonce: randomUUID(),
  }
  const candidate = `${path}.${own.nonce}`
  await writeFile(candidate, JSON.stringify(own), { mode: 0o600 })
  try {
    for (;;) {
      if (await linkIfFree(candidate, path)) break
      const holder = await readHolder(path)
      if (!holder) continue
      if (await isAlive(holder)) return { heldBy: holder }
      const isTaken = await replaceDeadHolder({ path, candidate, holder })
      if (isTaken === true) break
      if (isTaken) return isTaken
    }
  } finally {
    await rm(candidate, { force: true })
  }
  return {
    async release() {
      const holder = await readHolder(path)
      if (holder?.nonce === own.nonce) await rm(path, { force: true })
    },
  }
}

/**
 * Several processes may find the same dead holder. Its successor is decided by a lock of its own, named for the dead one:
 * whoever has that and still finds the dead holder in place is the only one who can replace it.
 * @returns true when done, false when the holder is another by now
 */
async function replaceDeadHolder(options: {
  readonly path: string
  readonly candidate: string
  readonly holder: LockHolder
}): Promise<boolean | { readonly heldBy: LockHolder }> {
  const { path, candidate, holder } = options
  const succession = await acquireLock(`${path}.after-${holder.nonce.slice(0, 8)}`)
  if ('heldBy' in succession) return succession
  try {
    if ((await readHolder(path))?.nonce !== holder.nonce) return false
    await rename(candidate, path)
    return true
  } finally {
    await succession.release()
  }
}

/** A hard link is made whole or not at all: the lock never exists without its holder's name in it. */
async function linkIfFree(candidate: string, path: string): Promise<boolean> {
  try {
    // A disk without hard links (exFAT, some network shares) gets a copy: nearly as good, since it is short.
    await link(candidate, path).catch((error: NodeJS.ErrnoException) => {
      if (!withoutLinks.has(error.code ?? '')) throw error
      return copyFile(candidate, path, constants.COPYFILE_EXCL)
    })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const withoutLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/** @returns undefined when there is no such file */
async function readHolder(path: string): Promise<LockHolder | undefined> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as LockHolder | null
    return typeof holder?.nonce === 'string' ? holder : nobody
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    if (error instanceof SyntaxError) return nobody
    throw error
  }
}

async function isAlive(holder: LockHolder): Promise<boolean> {
  const { pid, host, processStart } = holder
  if (holder === nobody) return false
  // Nothing can be known of a process of another machine on a shared disk: it holds its lock until it lets go.
  if (host !== hostname()) return true
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return (await processStartOf(pid)) === processStart
}

/** Field 22 of Linux's /proc/<pid>/stat, counted after the command's closing parenthesis; empty elsewhere. */
async function processStartOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}
