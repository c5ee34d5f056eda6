import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'

/** The last resort when the run cannot end in order: nothing stays mounted below the folder, and the folder goes. */
export function forceRelease(directory: string): void {
  for (const mountPoint of mountPointsBelow(directory).toReversed()) {
    try {
      execFileSync('umount', ['--lazy', mountPoint], { stdio: 'ignore' })
    } catch {
      process.stderr.write(`chaos: ${mountPoint} is still mounted\n`)
      return
    }
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
}

/** In the order in which they were mounted. */
function mountPointsBelow(directory: string): string[] {
  if (process.platform !== 'linux') return []
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${directory}/`))
}
