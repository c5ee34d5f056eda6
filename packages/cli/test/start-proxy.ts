import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

export interface TestProxy {
  readonly url: string
  createToken(role: string): Promise<string>
  stop(): Promise<void>
}

/** Starts the real proxy as its own process, on a free port, in a folder of its own. */
export async function startProxy(): Promise<TestProxy> {
  const bin = await findBin()
  const dataDirectory = await mkdtemp(join(tmpdir(), 'slipway-cli-test-proxy-'))
  const env = { PATH: process.env.PATH }
  const args = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', dataDirectory, '--log-level', 'warn']
  const child = spawn(process.execPath, [bin, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
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
  return {
    url,
    async createToken(role) {
      const create = ['token', 'create', '--data', dataDirectory, '--name', role, '--role', role, '--quiet']
      const { stdout } = await promisify(execFile)(process.execPath, [bin, ...create], { env })
      return stdout.trim()
    },
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
      await rm(dataDirectory, { recursive: true })
    },
  }
}

async function findBin(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('@slipway/proxy/package.json')
  const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin: Record<string, string> }
  return join(dirname(manifest), bin['slipway-proxy'] ?? '')
}
