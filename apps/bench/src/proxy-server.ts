import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type ChildServer, startChildServer } from './child-server.ts'

export interface ProxyServer extends ChildServer {
  api(method: string, path: string, body?: object): Promise<Record<string, unknown>>
  readonly token: string
}

/** `slipway-proxy serve`, as an operator would start it, with a token to talk to it. */
export async function startProxy(dataDir: string, env: NodeJS.ProcessEnv = {}): Promise<ProxyServer> {
  const bin = fileURLToPath(new URL('bin/slipway-proxy.js', import.meta.resolve('@slipway/proxy/package.json')))
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[bin, 'token', 'create', '--data', dataDir, '--name', 'bench', '--role', 'admin', '--quiet'],
  ])
  const token = stdout.trim()
  const server = await startChildServer({
    command: [process.execPath, bin, 'serve', '--data', dataDir, '--port', '0', '--log-level', 'warn'],
    env,
  })
  return {
    ...server,
    token,
    async api(method, path, body) {
      const response = await fetch(server.url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      const answer = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`)
      return JSON.parse(answer)
    },
  }
}
