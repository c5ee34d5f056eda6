import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ByteServer } from './byte-server.ts'
import { type ChildServer, startChildServer } from './child-server.ts'

export interface SlipwayProxy extends ChildServer, ByteServer {
  readonly token: string
  readonly dataDir: string
  api(method: string, path: string, body?: object): Promise<Record<string, unknown>>
  /** Deletes an image and its bytes, which the proxy itself would keep for some days. */
  removeImage(id: string): Promise<void>
}

export interface StartSlipwayProxyOptions {
  readonly dataDir: string
  /** Settings as variables. */
  readonly env?: NodeJS.ProcessEnv
  /** For the Node that runs it. */
  readonly nodeOptions?: readonly string[]
}

/** `slipway-proxy serve`, as an operator would start it, with a token to talk to it. */
export async function startSlipwayProxy(options: StartSlipwayProxyOptions): Promise<SlipwayProxy> {
  const { dataDir, env = {}, nodeOptions = [] } = options
  const bin = fileURLToPath(new URL('bin/slipway-proxy.js', import.meta.resolve('@slipway/proxy/package.json')))
  const args = [bin, 'token', 'create', '--data', dataDir, '--name', 'bench', '--role', 'admin', '--quiet']
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } })
  const token = stdout.trim()
  const server = await startChildServer({
    command: [process.execPath, ...nodeOptions, bin, 'serve', '--data', dataDir, '--port', '0', '--log-level', 'warn'],
    env,
  })
  const api: SlipwayProxy['api'] = async (method, path, body) => {
    const response = await fetch(server.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`)
    return JSON.parse(answer)
  }
  const removeImage = async (id: string) => {
    await api('DELETE', `/v2/images/${id}`)
    await rm(join(dataDir, 'blobs', id), { recursive: true, force: true })
  }
  return {
    ...server,
    name: 'slipway-proxy',
    role: 'ours',
    token,
    dataDir,
    api,
    removeImage,
    async open(part, partCount) {
      const { id } = await api('POST', '/v2/images', { workspace: 'sfc:workspace:local:default' })
      const numbers = Array.from({ length: partCount }, (_, index) => index + 1)
      const urls = await Promise.all(numbers.map((n) => api('POST', `/v2/images/${id}/parts`, { part_id: n })))
      const sha256 = digestOf(part, partCount)
      return {
        puts: urls.map(({ url }) => ({ method: 'PUT', url: String(url), body: part })),
        complete: async () => void (await api('POST', `/v2/images/${id}/complete`, { sha256 })),
        async gets() {
          const { url } = await api('GET', `/v2/images/${id}/download`)
          const rangeOf = (n: number) => ({ range: `bytes=${(n - 1) * part.length}-${n * part.length - 1}` })
          return numbers.map((n) => ({ method: 'GET', url: String(url), headers: rangeOf(n) }))
        },
        remove: () => removeImage(String(id)),
      }
    },
  }
}

const knownDigests = new WeakMap<Buffer, Map<number, string>>()

/** The same part is uploaded again and again: its digest is worked out once. */
function digestOf(part: Buffer, partCount: number): string {
  const ofPart = knownDigests.get(part) ?? new Map<number, string>()
  knownDigests.set(part, ofPart)
  const known = ofPart.get(partCount)
  if (known) return known
  const hash = createHash('sha256')
  for (let i = 0; i < partCount; i++) hash.update(part)
  const digest = hash.digest('hex')
  ofPart.set(partCount, digest)
  return digest
}
