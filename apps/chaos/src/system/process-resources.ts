import { readdir, readFile, readlink } from 'node:fs/promises'
import type { Resources } from './system.ts'

/** What a process holds. Undefined where there is no `/proc`, or no such process any more. */
export async function processResources(pid: number): Promise<Resources | undefined> {
  try {
    const names = await readdir(`/proc/${pid}/fd`)
    const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
    const [, residentKib] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
    return {
      openFiles: names.length,
      sockets: targets.filter((target) => target.startsWith('socket:')).length,
      residentBytes: Number(residentKib) * 1024,
    }
  } catch {
    return undefined
  }
}
