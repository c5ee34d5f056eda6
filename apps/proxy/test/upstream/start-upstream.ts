import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createToken } from '../../src/auth/tokens.ts'
import type { ServeConfig } from '../../src/config-schema.ts'
import { createDeps } from '../../src/deps.ts'
import { createLog } from '../../src/log.ts'
import { startServer } from '../../src/server/start-server.ts'
import { startPublicApiDouble } from './public-api-double.ts'

export interface TestUpstream {
  readonly config: Partial<ServeConfig>
  /** What must never leave the proxy. */
  readonly token: string
  stop(): Promise<void>
}

export interface StartUpstreamOptions {
  readonly bytes: 'direct' | 'relay'
  /** A second Slipway, or the strict double of the public API. */
  readonly kind: 'slipway' | 'double'
  readonly now: () => number
  readonly config?: Partial<ServeConfig> | undefined
}

/** Another server of the API, and the configuration of a proxy in front of it. */
export async function startUpstream({ bytes, kind, now, config = {} }: StartUpstreamOptions): Promise<TestUpstream> {
  const started = kind === 'slipway' ? await startSlipway({ now, config }) : await startPublicApiDouble()
  return {
    token: started.token,
    stop: started.stop,
    config: {
      upstreamUrl: started.url,
      upstreamToken: started.token,
      upstreamBytes: bytes,
      upstreamStorageHosts: ['127.0.0.1'],
      upstreamAllowPrivate: true,
    },
  }
}

async function startSlipway({ now, config }: { now: () => number; config: Partial<ServeConfig> }) {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-upstream-'))
  const deps = await createDeps({ config: { ...config, dataDir: directory }, log: createLog({ level: 'silent' }), now })
  const server = await startServer({ deps, host: '127.0.0.1', port: 0 })
  const { token } = await createToken(deps.db, { name: 'proxy', role: 'admin', account: 'local', nowMs: now() })
  return {
    url: server.url,
    token,
    async stop() {
      await server.stop({ graceMs: 2000 })
      await deps.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
