import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A folder that can become read-only under the process that writes to it. */
export interface ReadOnlyFolder {
  /** @returns false when files that were just being written kept it writable all the time */
  forbidWrites(): Promise<boolean>
  allowWrites(): Promise<void>
  release(): Promise<void>
}

const run = promisify(execFile)
/** The kernel refuses while a file is open for writing; between two parts there is none. */
const attempts = 150
const attemptPauseMs = 20

/** As root by remounting the folder alone; otherwise by taking the permissions away, which root would not feel. */
export async function createReadOnlyFolder(directory: string): Promise<ReadOnlyFolder> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  if (process.getuid?.() !== 0) return byPermissions(directory)
  const isMounted = await run('mount', ['--bind', directory, directory]).then(
    () => true,
    () => false,
  )
  if (!isMounted) return { forbidWrites: async () => false, allowWrites: async () => {}, release: async () => {} }
  return {
    async forbidWrites() {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const isDone = await run('mount', ['-o', 'remount,bind,ro', directory]).then(
          () => true,
          () => false,
        )
        if (isDone) return true
        await sleep(attemptPauseMs)
      }
      return false
    },
    async allowWrites() {
      await run('mount', ['-o', 'remount,bind,rw', directory])
    },
    async release() {
      await run('umount', [directory]).catch(() => run('umount', ['--lazy', directory]))
    },
  }
}

function byPermissions(directory: string): ReadOnlyFolder {
  const setMode = async (mode: number) => {
    const entries = await readdir(directory, { withFileTypes: true })
    // Folders come and go while it is done.
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name))
    await Promise.all(folders.map((folder) => chmod(folder, mode).catch(() => undefined)))
    await chmod(directory, mode)
  }
  const allowWrites = async () => {
    await chmod(directory, 0o700)
    await setMode(0o700)
  }
  return {
    async forbidWrites() {
      await setMode(0o500)
      return true
    },
    allowWrites,
    release: allowWrites,
  }
}
