import { execFile } from 'node:child_process'
import { mkdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A folder for a server's data, on a small disk of its own where this machine allows it. */
export interface DataDisk {
  readonly directory: string
  /** Undefined: it cannot be filled, for this reason. */
  readonly cannotFill: string | undefined
  /** Leaves so many bytes free. */
  fill(leftBytes: number): Promise<void>
  empty(): Promise<void>
  release(): Promise<void>
}

const sizeBytes = 1536 * 1024 * 1024
const run = promisify(execFile)

/** In memory, which takes only what is stored. Mounting takes root; without it, a plain folder does for the rest. */
export async function createDataDisk(parent: string): Promise<DataDisk> {
  const directory = join(parent, 'data')
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const cannotFill = await mountMemory(directory)
  if (cannotFill !== undefined) {
    const nothing = async () => undefined
    return { directory, cannotFill, fill: nothing, empty: nothing, release: nothing }
  }
  const resize = async (bytes: number) => {
    await run('mount', ['-o', `remount,size=${bytes}`, directory])
  }
  return {
    directory,
    cannotFill,
    async fill(leftBytes) {
      const { blocks, bfree, bsize } = await statfs(directory)
      const usedBytes = (blocks - bfree) * bsize
      // What is written between the two calls makes the disk smaller than its contents, which the kernel refuses.
      await resize(usedBytes + leftBytes).catch(() => resize(usedBytes + leftBytes + 64 * 1024 * 1024))
    },
    empty: () => resize(sizeBytes),
    async release() {
      await run('umount', [directory]).catch(() => run('umount', ['--lazy', directory]))
    },
  }
}

async function mountMemory(directory: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'disk full: only done on Linux'
  if (process.getuid?.() !== 0) return 'disk full: mounting a small disk takes root'
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=0700`, 'slipway-chaos', directory])
    return undefined
  } catch {
    return 'disk full: this machine lets nobody mount'
  }
}
