import { createHash } from 'node:crypto'
import type { OperationName, WireCapabilities } from '@slipway/core'
import { createClient } from '@slipway/sdk'
import type { Logger } from 'pino'
import type { Caller } from '../auth/authenticate.ts'
import type { BufferPool } from '../blobs/buffer-pool.ts'
import { createServeBytes, type ServeBytes } from '../bytes/serve-bytes.ts'
import type { UploadGate } from '../bytes/upload-gate.ts'
import type { ServeConfig } from '../config-schema.ts'
import type { ImagesService } from '../images/service.ts'
import type { Database } from '../metadata/schema.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { ByteUrls } from '../signing/byte-urls.ts'
import { version } from '../version.ts'
import type { WorkspacesService } from '../workspaces/service.ts'
import type { ImageCache } from './cache/image-cache.ts'
import { upstreamCapabilities } from './capabilities.ts'
import { createDirectBytes } from './images/direct-bytes.ts'
import { createImageFacts } from './images/image-facts.ts'
import { createUpstreamFeatures } from './images/upstream-features.ts'
import { createUpstreamImagesService } from './images/upstream-images-service.ts'
import { createPolicyGuard } from './policy/policy.ts'
import { createProfileStore } from './policy/profile-store.ts'
import { createRelay } from './relay/create-relay.ts'
import { createCallQueue } from './transport/call-queue.ts'
import { createCircuit } from './transport/circuit.ts'
import { createGuardedAgent } from './transport/guarded-agent.ts'
import { createRedact } from './transport/redact.ts'
import { createRequestScopes, type RequestScopes } from './transport/request-scope.ts'
import { createUpstreamApi } from './transport/upstream-api.ts'
import { createUpstreamWorkspacesService } from './workspaces/upstream-workspaces-service.ts'
import { createWorkspaceDirectory } from './workspaces/workspace-directory.ts'

/** This server in front of another one of the same API. */
export interface Upstream {
  readonly images: ImagesService
  readonly workspaces: WorkspacesService
  readonly scopes: RequestScopes
  /** @throws {ApiError} outside_policy */
  authorize(caller: Caller, operation: OperationName): void
  capabilities(): Promise<WireCapabilities>
  /** Undefined: bytes do not pass through this server. */
  readonly serveBytes: ServeBytes | undefined
  readonly cache: ImageCache | undefined
  /** Maintenance: drops what is left of uploads that were given up. */
  readonly removeIdle: (() => Promise<number>) | undefined
  /** Reads the profile again. */
  reload(): void
  close(): Promise<void>
}

export interface CreateUpstreamOptions {
  readonly config: ServeConfig
  readonly db: Database
  readonly log: Logger
  readonly now: () => number
  readonly byteUrls: ByteUrls
  readonly uploads: UploadGate
  readonly metrics: Metrics
  readonly buffers: BufferPool
  /** The same for all replicas of this installation. */
  readonly installationSecret: Uint8Array
}

/** As many times the running calls may wait. */
const waitingFactor = 8
/** Fills and what goes past the cache. */
const maxDownloadConnections = 128

/** @returns undefined when no upstream is configured @throws {ConfigError} when the profile is not right */
export async function createUpstream(options: CreateUpstreamOptions): Promise<Upstream | undefined> {
  const { config, db, log, now, byteUrls, metrics, installationSecret } = options
  const { upstreamUrl: apiUrl, upstreamToken: token, upstreamConcurrency: maxRunning, upstreamTimeoutMs } = config
  if (apiUrl === undefined || token === undefined) return undefined
  const profiles = createProfileStore({ path: config.upstreamProfilePath, bytes: config.upstreamBytes, log })
  const profile = profiles.current
  const policy = createPolicyGuard({ profile })
  const connections = {
    trustedOrigin: new URL(apiUrl).origin,
    allowPrivate: config.upstreamAllowPrivate,
    connectTimeoutMs: upstreamTimeoutMs,
  }
  const dispatcher = createGuardedAgent({ ...connections, maxConnections: maxRunning })
  const redact = createRedact({ token })
  const client = createClient({
    apiUrl,
    token,
    dispatcher,
    userAgent: `slipway-proxy/${version}`,
    timeoutMs: upstreamTimeoutMs,
    onRequest: (request) => log.debug({ upstream: request }, 'upstream request'),
  })
  const scopes = createRequestScopes({ proxyId: proxyIdOf(installationSecret) })
  const onChange = (state: string) => log.warn({ state }, 'the circuit to the upstream changed')
  const circuit = createCircuit({ now, onChange })
  const api = createUpstreamApi({
    client,
    scopes,
    circuit,
    queue: createCallQueue({ maxRunning, maxWaiting: maxRunning * waitingFactor }),
    redact,
  })
  metrics.addGauge('slipway_upstream_circuit_open', 'Whether the upstream is left alone after failures.', () =>
    circuit.state() === 'closed' ? 0 : 1,
  )
  const directory = createWorkspaceDirectory({ api, policy, profile, now })
  const features = createUpstreamFeatures({ api, now })
  const direct = createDirectBytes({ api, features })
  const byteDispatcher = createGuardedAgent({ ...connections, maxConnections: maxByteConnections(config) })
  const relay =
    config.upstreamBytes === 'relay'
      ? await createRelay({
          ...options,
          apiUrl,
          api,
          features,
          policy,
          redact,
          scopes,
          direct,
          dispatcher: byteDispatcher,
        })
      : undefined
  const bytes = relay?.bytes ?? direct
  const facts = createImageFacts({ now })
  const context = { api, db, directory, policy, facts, bytes, features, creations: new Map(), now }
  return {
    images: createUpstreamImagesService(context),
    workspaces: createUpstreamWorkspacesService({ api, directory, policy, profile }),
    scopes,
    authorize: policy.assertOperation,
    capabilities: () =>
      upstreamCapabilities({ features, bytes: config.upstreamBytes, isVerifying: config.relayVerify }),
    reload: profiles.reload,
    serveBytes: relay && createServeBytes({ byteUrls, handlers: relay.handlers, idleTimeoutMs: config.idleTimeoutMs }),
    cache: relay?.cache,
    removeIdle: relay?.removeIdle,
    async close() {
      await relay?.close()
      await dispatcher.destroy()
      await byteDispatcher.destroy()
    },
  }
}

/** Uploads and downloads are bounded where they come in; the connections follow. */
function maxByteConnections({ maxConcurrentUploads }: ServeConfig): number {
  return maxConcurrentUploads + maxDownloadConnections
}

/** Tells this installation from others in `Via`, and nothing of its secret. */
function proxyIdOf(secret: Uint8Array): string {
  return createHash('sha256').update('via').update(secret).digest('base64url').slice(0, 16)
}
