import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'

export interface CommandRun {
  readonly seconds: number
  /** The process's own peak, sampled from Linux's /proc; 0 elsewhere. */
  readonly peakRssBytes: number
}

const samplingMs = 20

/**
 * Runs one command to its end.
 * @param env set on top of this process's own
 * @throws when it fails
 */
export async function runCommand(
  [program, ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandRun> {
  const startedAt = performance.now()
  const child = spawn(program as string, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  })
  let peakRssBytes = 0
  const sampling = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
    peakRssBytes = Math.max(peakRssBytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024)
  }, samplingMs)
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', resolve)
    })
    if (code !== 0) throw new Error(`${program} ended with exit code ${code}`)
    return { seconds: (performance.now() - startedAt) / 1000, peakRssBytes }
  } finally {
    clearInterval(sampling)
  }
}
