import type { BlobStore } from '../../blobs/blob-store.ts'
import { createBufferPool } from '../../blobs/buffer-pool.ts'
import { createFilesystemBlobStore } from '../../blobs/filesystem/filesystem-blob-store.ts'
import { createLocalByteHandlers, createServeBytes } from '../../bytes/serve-bytes.ts'
import { createPartDigests } from '../../digests/part-digests.ts'
import { createWorkerDigestService } from '../../digests/worker-digest-service.ts'
import { listManifest } from '../../metadata/parts.ts'
import { createByteUrls } from '../../signing/byte-urls.ts'
import type { OpenStorageOptions } from '../open-storage.ts'
import type { Storage } from '../storage.ts'
import { createFilesImageBytes } from './files-image-bytes.ts'
import { purgeFiles } from './purge-files.ts'

/** An engine whose parts pass through this server. */
export interface FilesStorage extends Storage {
  readonly blobs: BlobStore
}

/** Bytes in files below the data folder, served by this server's own byte routes. */
export async function openFilesStorage(options: OpenStorageOptions): Promise<FilesStorage> {
  const { db, log, now, config, keyring, metrics, uploads, blobsPath } = options
  const buffers = createBufferPool()
  const blobs = await createFilesystemBlobStore({ directory: blobsPath, buffers })
  const { removedCount } = await blobs.sweep({
    blobKeysOf: async (imageId) => new Set((await listManifest(db, imageId)).map(({ blob_key }) => blob_key)),
  })
  if (removedCount > 0) log.info({ removedCount }, 'removed what an earlier stop left unfinished')

  const digests = createWorkerDigestService({
    directory: blobsPath,
    onCrash: (error) => log.error({ err: error }, 'the hashing thread failed'),
  })
  const partDigests = createPartDigests({ db, digests, log })
  const byteUrls = createByteUrls({ ...keyring, now })

  metrics.addGauge('slipway_hash_lag_bytes', 'Bytes that landed and could be hashed into their image already.', () =>
    digests.lagBytes(),
  )
  metrics.addGauge('slipway_part_digest_queue', 'Parts that wait for a digest of their own.', () =>
    partDigests.waitingCount(),
  )
  metrics.addGauge('slipway_storage_free_bytes', 'Room for more on the storage.', () => blobs.freeBytes())

  return {
    description: `files in ${blobsPath}`,
    blobs,
    bytes: createFilesImageBytes({ db, digests, partDigests, byteUrls }),
    serveBytes: createServeBytes({
      byteUrls,
      idleTimeoutMs: config.idleTimeoutMs,
      handlers: createLocalByteHandlers({
        ...{ db, log, now, metrics, uploads, blobs, buffers, digests, partDigests },
        quotaBytes: config.quotaBytes,
      }),
    }),
    purge: (job, row) => purgeFiles(job, { row, blobs }),
    jobs: [],
    start: () => undefined,
    assertReady: () => blobs.assertWritable(),
    async close() {
      partDigests.close()
      await digests.close()
    },
  }
}
