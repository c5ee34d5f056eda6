import { createCursorCodec, webRandomBytes } from '@slipway/core'
import type { Logger } from 'pino'
import { type Audit, createAudit } from './audit.ts'
import { type Authenticate, createAuthenticate } from './auth/authenticate.ts'
import { createTokenReader } from './auth/token-reader.ts'
import { createTokensService, type TokensService } from './auth/tokens-service.ts'
import type { BlobStore } from './blobs/blob-store.ts'
import { type BufferPool, createBufferPool } from './blobs/buffer-pool.ts'
import { createFilesystemBlobStore } from './blobs/filesystem/filesystem-blob-store.ts'
import { createUploadGate, type UploadGate } from './bytes/upload-gate.ts'
import { type ServeConfig, serveConfigSchema } from './config-schema.ts'
import { lockDataDirectory, prepareDataDirectory } from './data-directory.ts'
import type { DigestService } from './digests/digest-service.ts'
import { createPartDigests, type PartDigests } from './digests/part-digests.ts'
import { createWorkerDigestService } from './digests/worker-digest-service.ts'
import { createLocalImagesService } from './images/local-images-service.ts'
import type { ImagesService } from './images/service.ts'
import { ensureInstallation } from './installation.ts'
import { createMaintenance, type Maintenance } from './maintenance/maintenance.ts'
import { openDatabase } from './metadata/open.ts'
import { listManifest } from './metadata/parts.ts'
import type { Database } from './metadata/schema.ts'
import { ensureSecrets } from './metadata/secrets.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { type ByteUrls, createByteUrls } from './signing/byte-urls.ts'
import { createKeyring, type Keyring } from './signing/keyring.ts'
import { createUpstream, type Upstream } from './upstream/create-upstream.ts'
import { createWorkspacesService, type WorkspacesService } from './workspaces/service.ts'

/** Everything that requests need, built once. */
export interface Deps {
  readonly log: Logger
  readonly config: ServeConfig
  readonly publicUrl: string | undefined
  readonly quotaBytes: number | undefined
  readonly now: () => number
  readonly db: Database
  readonly blobs: BlobStore
  readonly buffers: BufferPool
  readonly digests: DigestService
  readonly partDigests: PartDigests
  readonly byteUrls: ByteUrls
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
  readonly config: Pick<ServeConfig, 'dataDir'> & Partial<ServeConfig>
  readonly log: Logger
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
}

/** @throws {DataDirectoryError} when the data folder cannot be used */
export async function createDeps({ config: given, log, now = Date.now }: CreateDepsOptions): Promise<Deps> {
  const config = { ...serveConfigSchema.parse({ dataDir: given.dataDir }), ...given }
  const directory = await prepareDataDirectory(config.dataDir)
  const unlock = lockDataDirectory(directory)
  const opened: (() => Promise<void>)[] = [async () => unlock()]
  const close = async () => {
    for (let release = opened.pop(); release; release = opened.pop()) await release()
  }
  try {
    const db = await openDatabase({ path: directory.databasePath })
    opened.push(() => db.destroy())
    await ensureInstallation(db, { now })

    const buffers = createBufferPool()
    const blobs = await createFilesystemBlobStore({ directory: directory.blobsPath, buffers })
    const { removedCount } = await blobs.sweep({
      blobKeysOf: async (imageId) => new Set((await listManifest(db, imageId)).map(({ blob_key }) => blob_key)),
    })
    if (removedCount > 0) log.info({ removedCount }, 'removed what an earlier stop left unfinished')

    const digests = createWorkerDigestService({
      directory: directory.blobsPath,
      onCrash: (error) => log.error({ err: error }, 'the hashing thread failed'),
    })
    opened.push(() => digests.close())
    const partDigests = createPartDigests({ db, digests, log })
    opened.push(async () => partDigests.close())

    const random = webRandomBytes
    const keyring = await createKeyring({ db, now, log })
    const byteUrls = createByteUrls({ secrets: keyring.secrets, now })
    const [cursorSecret] = await ensureSecrets(db, 'cursor', now())
    if (!cursorSecret) throw new Error('the installation has no secret for cursors')
    const cursors = createCursorCodec(cursorSecret.value)
    const uploads = createUploadGate({ maxCount: config.maxConcurrentUploads })
    const tokenReader = createTokenReader({ db, now })
    const metrics = createMetrics({ db, blobs, digests, partDigests, uploads })
    const installationSecret = cursorSecret.value
    const shared = { config, db, log, now, byteUrls, uploads, metrics, buffers }
    const upstream = await createUpstream({ ...shared, installationSecret })
    opened.push(async () => upstream?.close())
    const extraJobs = upstream?.removeIdle ? { 'remove-idle-relays': upstream.removeIdle } : {}
    const maintenance = createMaintenance({ db, blobs, partDigests, keyring, now, log, config, extraJobs })
    opened.push(() => maintenance.stop())
    const workspaces = upstream?.workspaces ?? createWorkspacesService({ db, now, random })
    return {
      log,
      config,
      publicUrl: config.publicUrl,
      quotaBytes: config.quotaBytes,
      now,
      db,
      blobs,
      buffers,
      digests,
      partDigests,
      byteUrls,
      keyring,
      audit: createAudit({ db, log, now }),
      uploads,
      metrics,
      authenticate: createAuthenticate({ db, tokens: tokenReader, now, log }),
      images:
        upstream?.images ?? createLocalImagesService({ db, digests, partDigests, byteUrls, cursors, now, random }),
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
