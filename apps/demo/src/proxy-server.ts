import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { ChildProcesses } from './child-processes.ts'
import { exitOf } from './child-processes.ts'
import { DemoFailure } from './demo-failure.ts'
import { slipwayProxy } from './programs.ts'

export interface ProxyServerOptions {
  readonly children: ChildProcesses
  readonly dataDirectory: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

export interface ProxyServer {
  readonly url: string
  /** The last things that the server said, for when something goes wrong. */
  lastWords(): string
}

const startTimeoutMs = 30_000
const maxKeptLength = 4_000

/** Starts the proxy on a free port and waits until it says where it listens. */
export async function startProxyServer({
  children,
  dataDirectory,
  env,
  signal,
}: ProxyServerOptions): Promise<ProxyServer> {
  const child = children.start(slipwayProxy, ['serve', '--host', '127.0.0.1', '--port', '0', '--data', dataDirectory], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-maxKeptLength)
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
      if (found !== undefined) resolve(found)
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    const fail = (why: string) => reject(new DemoFailure(`the proxy ${why}${said === '' ? '' : `; it said:\n${said}`}`))
    child.once('error', (error) => fail(`could not be started (${error.message})`))
    child.once('exit', (code) => fail(`ended with code ${code} before it was ready`))
    AbortSignal.any([signal, AbortSignal.timeout(startTimeoutMs)]).addEventListener('abort', () =>
      fail(`was not ready within ${startTimeoutMs / 1000} s`),
    )
  })
  return { url, lastWords: () => said }
}

/** Makes a token for the server, which may be running already. */
export async function createToken({
  children,
  dataDirectory,
  env,
}: Omit<ProxyServerOptions, 'signal'>): Promise<string> {
  const args = ['token', 'create', '--data', dataDirectory, '--name', 'demo', '--role', 'admin', '--quiet']
  const child = children.start(slipwayProxy, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [token, code] = await Promise.all([readAll(child), exitOf(child)])
  if (code !== 0 || token === '') throw new DemoFailure(`no token could be made (exit code ${code})`)
  return token
}

async function readAll({ stdout }: ChildProcess): Promise<string> {
  let text = ''
  stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  if (stdout) await once(stdout, 'end')
  return text.trim()
}
