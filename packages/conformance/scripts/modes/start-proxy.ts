import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { RunningMode } from './mode.ts'

/** What a proxy that is started here always has. */
export interface RunningProxy extends RunningMode {
  readonly secondToken: string
  readonly readerToken: string
}

/**
 * `slipway-proxy serve` in a process of its own, on a free port, in a folder of its own.
 * @param settings beyond the defaults, as variables
 */
export async function startProxy(settings: NodeJS.ProcessEnv = {}): Promise<RunningProxy> {
  const bin = await findProxy()
  const dataDirectory = await mkdtemp(join(tmpdir(), 'slipway-conformance-'))
  const data = ['--data', dataDirectory]
  const env = { PATH: process.env.PATH, ...settings }
  const serve = ['serve', ...data, '--host', '127.0.0.1', '--port', '0', '--log-level', 'error']
  // In a process group of its own, so that Ctrl-C reaches the kit alone, which then still has a server to clean up on.
  const child = spawn(process.execPath, [bin, ...serve], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const exited = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    const listen = (chunk: Buffer) => {
      said += chunk.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('exit', (code) => reject(new Error(`the proxy ended with code ${code}: ${said}`)))
  })
  const createToken = async (name: string, role: string, account = 'local') => {
    const create = ['token', 'create', ...data, '--name', name, '--role', role, '--account', account, '--quiet']
    return (await promisify(execFile)(process.execPath, [bin, ...create], { env })).stdout.trim()
  }
  const [token, secondToken, readerToken] = await Promise.all([
    createToken('admin', 'admin'),
    createToken('second', 'admin', 'second'),
    createToken('reader', 'reader'),
  ])
  return {
    url,
    token,
    secondToken,
    readerToken,
    async stop() {
      child.kill('SIGTERM')
      await exited
      await rm(dataDirectory, { recursive: true })
    },
  }
}

async function findProxy(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('@slipway/proxy/package.json')
  const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin: Record<string, string> }
  return join(dirname(manifest), bin['slipway-proxy'] ?? '')
}
