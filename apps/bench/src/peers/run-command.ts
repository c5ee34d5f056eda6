import { spawn } from 'node:child_process'
import { peakRssOf } from './child-server.ts'

export interface CommandRun {
  readonly seconds: number
  /** The process's own peak, sampled from Linux's /proc; 0 elsewhere. */
  readonly peakRssBytes: number
  /** The end of what it printed. */
  readonly output: string
}

const samplingMs = 20
const maxKeptCharacters = 500

/**
 * Runs one command to its end.
 * @param env set on top of this process's own; `undefined` unsets
 * @throws when it fails, with what it said last
 */
export async function runCommand(
  [program, ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<CommandRun> {
  const startedAt = performance.now()
  const child = spawn(program as string, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let seconds = 0
  let said = ''
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-maxKeptCharacters)
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output = (output + chunk).slice(-maxKeptCharacters)
  })
  let peakRssBytes = 0
  const sampling = setInterval(async () => {
    peakRssBytes = Math.max(peakRssBytes, await peakRssOf(child.pid))
  }, samplingMs)
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', () => {
        seconds = (performance.now() - startedAt) / 1000
      })
      child.on('close', resolve)
    })
    if (code !== 0) throw new Error(`${program} ended with exit code ${code}: ${said.trim()}`)
    return { seconds, peakRssBytes, output }
  } finally {
    clearInterval(sampling)
  }
}
