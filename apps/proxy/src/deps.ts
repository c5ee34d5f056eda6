import { createCursorCodec, webRandomBytes } from '@slipway/core'
import type { Logger } from 'pino'
import { type Authenticate, createAuthenticate } from './auth/authenticate.ts'
import type { BlobStore } from './blobs/blob-store.ts'
import { type BufferPool, createBufferPool } from './blobs/buffer-pool.ts'
import { createFilesystemBlobStore } from './blobs/filesystem/filesystem-blob-store.ts'
import type { ServeConfig } from './config.ts'
import { lockDataDirectory, prepareDataDirectory } from './data-directory.ts'
import type { DigestService } from './digests/digest-service.ts'
import { createWorkerDigestService } from './digests/worker-digest-service.ts'
import { createLocalImagesService } from './images/local-images-service.ts'
import type { ImagesService } from './images/service.ts'
import { ensureInstallation } from './installation.ts'
import { openDatabase } from './metadata/open.ts'
import { listManifest } from './metadata/parts.ts'
import type { Database } from './metadata/schema.ts'
import { ensureSecrets } from './metadata/secrets.ts'
import { type ByteUrls, createByteUrls } from './signing/byte-urls.ts'
import { createWorkspacesService, type WorkspacesService } from './workspaces/service.ts'

/** Everything that requests need, built once. */
export interface Deps {
  readonly log: Logger
  readonly publicUrl: string | undefined
  readonly now: () => number
  readonly db: Database
  readonly blobs: BlobStore
  readonly buffers: BufferPool
  readonly digests: DigestService
  readonly byteUrls: ByteUrls
  readonly authenticate: Authenticate
  readonly images: ImagesService
  readonly workspaces: WorkspacesService
  /** True from the moment that the server stops. */
  isDraining: boolean
  close(): Promise<void>
}

export interface CreateDepsOptions {
  readonly config: Pick<ServeConfig, 'dataDir' | 'publicUrl'>
  readonly log: Logger
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
}

/** @throws {DataDirectoryError} when the data folder cannot be used */
export async function createDeps({ config, log, now = Date.now }: CreateDepsOptions): Promise<Deps> {
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

    const random = webRandomBytes
    const byteUrls = createByteUrls({ secrets: await ensureSecrets(db, 'url-signing', now()), now })
    const [cursorSecret] = await ensureSecrets(db, 'cursor', now())
    if (!cursorSecret) throw new Error('the installation has no secret for cursors')
    const cursors = createCursorCodec(cursorSecret.value)
    return {
      log,
      publicUrl: config.publicUrl,
      now,
      db,
      blobs,
      buffers,
      digests,
      byteUrls,
      authenticate: createAuthenticate({ db, now, log }),
      images: createLocalImagesService({ db, digests, byteUrls, cursors, now, random }),
      workspaces: createWorkspacesService({ db, now, random }),
      isDraining: false,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
