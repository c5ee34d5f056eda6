import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from '@slipway/core'
import { createWorkspaceId } from '@slipway/core'
import { createToken } from '../src/auth/tokens.ts'
import type { ServeConfig } from '../src/config-schema.ts'
import { createDeps, type Deps } from '../src/deps.ts'
import { createLog } from '../src/log.ts'
import { ensureAccount, insertWorkspace } from '../src/metadata/workspaces.ts'
import { type RunningServer, startServer } from '../src/server/start-server.ts'
import { testStorage } from './engines/test-storage.ts'
import { databaseUrlFor, dropDatabaseFor } from './test-database.ts'
import { startUpstream } from './upstream/start-upstream.ts'
import { testMode } from './upstream/test-mode.ts'

const { mode, kind } = testMode()

export interface TestServer {
  readonly url: string
  readonly dataDir: string
  readonly deps: Deps
  readonly server: RunningServer
  /** What the server logged so far. */
  readonly logText: () => string
  readonly clock: { offsetMs: number }
  token(options?: TestTokenOptions): Promise<string>
  /** The admin's API; a body is sent as JSON. */
  readonly api: Api
  apiOf(token: string): Api
  stop(): Promise<void>
}

export interface TestTokenOptions {
  readonly role?: Role
  readonly account?: string
  readonly workspaceId?: string
  readonly expiresAtMs?: number
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape, wrong ones included
export type Answer = { status: number; headers: Headers; body: any; text: string }
export type Api = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>

/** A real server on a free port, with its data in a folder of its own (or in a given one, which is then kept). */
export async function startTestServer({
  dataDir,
  config,
}: {
  dataDir?: string
  config?: Partial<ServeConfig>
} = {}): Promise<TestServer> {
  const directory = dataDir ?? (await mkdtemp(join(tmpdir(), 'slipway-proxy-')))
  const clock = { offsetMs: 0 }
  const lines: string[] = []
  const bearers: string[] = []
  const log = createLog({ level: 'trace', stream: { write: (line) => void lines.push(line) } })
  const now = () => Date.now() + clock.offsetMs
  const upstream = await upstreamOf({ now, config })
  const databaseUrl = await databaseUrlFor(directory)
  const deps = await createDeps({
    config: {
      ...(await testStorage(directory)),
      ...(databaseUrl !== undefined && { databaseUrl }),
      ...config,
      ...upstream?.config,
      dataDir: directory,
    },
    log,
    now,
  })
  if (upstream) bearers.push(upstream.token)
  const server = await startServer({ deps, host: '127.0.0.1', port: 0 })

  const token = async ({ role = 'admin', account = 'local', ...options }: TestTokenOptions = {}) => {
    await ensureAccount(deps.db, account)
    await insertWorkspace(deps.db, { id: createWorkspaceId(), account, name: 'default', created_at_ms: now() })
    const { token: bearer } = await createToken(deps.db, { name: 'test', role, account, nowMs: now(), ...options })
    bearers.push(bearer)
    return bearer
  }

  const apiOf =
    (bearer: string): Api =>
    async (method, path, body, headers) => {
      const response = await fetch(server.url + path, {
        method,
        headers: {
          authorization: `Bearer ${bearer}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== ''
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : undefined, text }
    }

  return {
    url: server.url,
    dataDir: directory,
    deps,
    server,
    logText: () => lines.join(''),
    clock,
    token,
    api: apiOf(await token()),
    apiOf,
    async stop() {
      await server.stop({ graceMs: 2000 })
      await deps.close()
      await upstream?.stop()
      if (dataDir === undefined) {
        await rm(directory, { recursive: true, force: true })
        await dropDatabaseFor(directory)
      }
      assertNoSecrets(lines.join(''), bearers)
    },
  }
}

async function upstreamOf(options: { now: () => number; config: Partial<ServeConfig> | undefined }) {
  return mode === 'local' ? undefined : await startUpstream({ ...options, bytes: mode, kind })
}

/** Every test of the suite is one of these, too: nothing that it logged may hold what gives access. */
function assertNoSecrets(log: string, bearers: readonly string[]): void {
  const found = [
    ...bearers.filter((bearer) => log.includes(bearer)),
    ...(log.match(
      /sk_live_[A-Za-z0-9_-]{8,}|signature=[^"&]+|AWSAccessKeyId|StringToSign|bearer +[A-Za-z0-9_-]{8,}/gi,
    ) ?? []),
  ]
  if (found.length > 0) throw new Error(`${found.length} secrets were logged, in: ${log.slice(0, 2000)}`)
}
