import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { databaseUrlFor } from './test-database.ts'

const mainPath = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export interface SpawnedProxy {
  readonly child: ChildProcess
  readonly url: string
  /** Resolves with the exit code, or the signal's name. */
  readonly exited: Promise<number | string>
}

/** `slipway-proxy serve` as a process of its own, which can be killed. */
export async function spawnProxy(dataDir: string, flags: readonly string[] = []): Promise<SpawnedProxy> {
  const args = [mainPath, 'serve', '--data', dataDir, '--port', '0', '--log-level', 'silent', ...flags]
  const env = { ...process.env, ...(await databaseEnvOf(args)) }
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code ?? -1))
  })
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      const [found] = /http:\/\/[\d.]+:\d+/.exec(text) ?? []
      if (found) resolve(found)
    })
    void exited.then((code) => reject(new Error(`slipway-proxy ended with ${code} before it served: ${text}`)))
  })
  return { child, url, exited }
}

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function runProxyCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  const fullEnv = { ...process.env, ...(await databaseEnvOf(args)), ...env }
  return await new Promise((resolve) => {
    execFile(process.execPath, [mainPath, ...args], { env: fullEnv }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}

/** On PostgreSQL every data folder of the tests has its database, so that commands and servers meet in it. */
async function databaseEnvOf(args: readonly string[]): Promise<NodeJS.ProcessEnv> {
  const dataDir = args[args.indexOf('--data') + 1]
  if (!args.includes('--data') || dataDir === undefined || args.includes('--database-url')) return {}
  const url = await databaseUrlFor(dataDir)
  return url === undefined ? {} : { SLIPWAY_DATABASE_URL: url }
}
