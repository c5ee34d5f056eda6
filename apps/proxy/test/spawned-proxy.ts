import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

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
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
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

export function runProxyCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(process.execPath, [mainPath, ...args], { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}
