import { createCursorCodec, webRandomBytes } from '@slipway/core'
import type { Logger } from 'pino'
import { type Audit, createAudit } from './audit.ts'
import { type Authenticate, createAuthenticate } from './auth/authenticate.ts'
import { createTokenReader } from './auth/token-reader.ts'
import { createTokensService, type TokensService } from './auth/tokens-service.ts'
import { createBufferPool } from './blobs/buffer-pool.ts'
import { createUploadGate, type UploadGate } from './bytes/upload-gate.ts'
import { needsFolder, type ServeConfig, serveConfigSchema } from './config-schema.ts'
import { lockDataDirectory, prepareDataDirectory } from './data-directory.ts'
import { createLocalImagesService } from './images/local-images-service.ts'
import type { ImagesService } from './images/service.ts'
import { ensureInstallation } from './installation.ts'
import { createMaintenance, type Maintenance } from './maintenance/maintenance.ts'
import { parseDatabaseUrl } from './metadata/database-url.ts'
import { openDatabase } from './metadata/open.ts'
import type { Database } from './metadata/schema.ts'
import { ensureSecrets } from './metadata/secrets.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { createByteUrls } from './signing/byte-urls.ts'
import { createKeyring, type Keyring } from './signing/keyring.ts'
import { openStorage } from './storage/open-storage.ts'
import type { Storage } from './storage/storage.ts'
import { createUpstream, type Upstream } from './upstream/create-upstream.ts'
import { createWorkspacesService, type WorkspacesService } from './workspaces/service.ts'

/** Everything that requests need, built once. */
export interface Deps {
  readonly log: Logger
  readonly config: ServeConfig
  readonly publicUrl: string | undefined
  readonly now: () => number
  readonly db: Database
  readonly storage: Storage
  readonly keyring: Keyring
  readonly authenticate: Authenticate
  readonly audit: Audit
  readonly uploads: UploadGate
  readonly images: ImagesService
  readonly workspaces: WorkspacesService
  readonly tokens: TokensService
  readonly maintenance: Maintenance
  readonly metrics: Metrics
  /** Undefined: this server holds its images itself. */
  readonly upstream: Upstream | undefined
  /** True from the moment that the server stops. */
  isDraining: boolean
  close(): Promise<void>
}

export interface CreateDepsOptions {
  /** What is left out has its default. */
  readonly config: Partial<ServeConfig>
  readonly log: Logger
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
}

/**
 * @throws {DataDirectoryError} when the data folder cannot be used
 * @throws {DatabaseOpenError} when PostgreSQL cannot
 */
export async function createDeps({ config: given, log, now = Date.now }: CreateDepsOptions): Promise<Deps> {
  const config: ServeConfig = { ...serveConfigSchema.parse({ dataDir: '.' }), dataDir: undefined, ...given }
  const directory = needsFolder(config) ? await prepareDataDirectory(config.dataDir) : undefined
  const opened: (() => Promise<void>)[] = []
  if (directory) {
    const unlock = lockDataDirectory(directory)
    opened.push(async () => unlock())
  }
  const close = async () => {
    for (let release = opened.pop(); release; release = opened.pop()) await release()
  }
  try {
    const location = parseDatabaseUrl(config.databaseUrl)
    const db = await openDatabase(
      location.engine === 'sqlite'
        ? { path: directory?.databasePath ?? '' }
        : {
            location,
            poolSize: config.databasePoolSize,
            statementTimeoutMs: config.databaseTimeoutMs,
            onIdleError: (error) => log.warn({ err: error }, 'a connection to the database was lost'),
          },
    )
    opened.push(() => db.destroy())
    await ensureInstallation(db, { now })

    const random = webRandomBytes
    const keyring = await createKeyring({ db, now, log })
    const [cursorSecret] = await ensureSecrets(db, 'cursor', now())
    if (!cursorSecret) throw new Error('the installation has no secret for cursors')
    const cursors = createCursorCodec(cursorSecret.value)
    const uploads = createUploadGate({ maxCount: config.maxConcurrentUploads })
    const tokenReader = createTokenReader({ db, now })
    const metrics = createMetrics({ db, uploads })
    const blobsPath = directory?.blobsPath ?? ''
    const storage = await openStorage({ db, log, now, config, keyring, metrics, uploads, blobsPath })
    opened.push(() => storage.close())
    const upstream = await createUpstream({
      ...{ config, db, log, now, uploads, metrics },
      byteUrls: createByteUrls({ ...keyring, now }),
      buffers: createBufferPool(),
      installationSecret: cursorSecret.value,
    })
    opened.push(async () => upstream?.close())
    const extraJobs = upstream?.removeIdle ? [{ name: 'remove-idle-relays', run: upstream.removeIdle }] : []
    const maintenance = createMaintenance({ db, storage, keyring, now, log, config, extraJobs })
    opened.push(() => maintenance.stop())
    const workspaces = upstream?.workspaces ?? createWorkspacesService({ db, now, random })
    return {
      log,
      config,
      publicUrl: config.publicUrl,
      now,
      db,
      storage,
      keyring,
      audit: createAudit({ db, log, now }),
      uploads,
      metrics,
      authenticate: createAuthenticate({ db, tokens: tokenReader, now, log }),
      images:
        upstream?.images ??
        createLocalImagesService({
          db,
          bytes: storage.bytes,
          cursors,
          now,
          random,
          quotaBytes: config.quotaBytes,
        }),
      tokens: createTokensService({ db, reader: tokenReader, workspaces, now }),
      workspaces,
      upstream,
      maintenance,
      isDraining: false,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
