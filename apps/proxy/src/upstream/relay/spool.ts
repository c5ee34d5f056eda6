import { mkdir } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { limits } from '@slipway/core'
import type { Logger } from 'pino'
import type { BufferPool } from '../../blobs/buffer-pool.ts'
import { createFilesystemBlobStore } from '../../blobs/filesystem/filesystem-blob-store.ts'
import { createStreamSource } from '../../blobs/stream-source.ts'
import { BlobGoneError } from '../../digests/digest-service.ts'
import { createWorkerDigestService } from '../../digests/worker-digest-service.ts'
import { listRelayedParts } from '../../metadata/relayed-parts.ts'
import type { Database, RelayedPartRow } from '../../metadata/schema.ts'

/**
 * Copies of relayed parts, kept until their image is completed: SHA-256 needs the bytes in order, and parts come in any.
 * Where there is no room for a copy the part goes through all the same, and the image is completed unverified.
 */
export interface Spool {
  /** @returns undefined where no copy can be kept */
  begin(part: { imageId: string; partNumber: number; sizeBytes: number }): Promise<SpoolCopy | undefined>
  /** The copy is that of a part which the upstream has: it may be hashed. */
  committed(row: RelayedPartRow): void
  /** The digest of these parts, undefined where a copy is missing. */
  digestOf(imageId: string, rows: readonly RelayedPartRow[]): Promise<string | undefined>
  /** The digest of one part, undefined where its copy is missing. */
  digestOfPart(row: RelayedPartRow): Promise<string | undefined>
  remove(blobKey: string): Promise<void>
  /** Drops what else there is of an image whose copies are gone. */
  forget(imageId: string): Promise<void>
  close(): Promise<void>
}

export interface SpoolCopy {
  readonly sink: PassThrough
  /** Undefined: it failed, or was given up. */
  readonly blobKey: Promise<string | undefined>
}

export interface SpoolOptions {
  readonly db: Database
  readonly directory: string
  readonly buffers: BufferPool
  readonly log: Pick<Logger, 'warn' | 'error' | 'info'>
}

/** What other users of the disk are left, the database among them. */
const reservedBytes = 1024 * 1024 * 1024

export async function createSpool({ db, directory, buffers, log }: SpoolOptions): Promise<Spool> {
  await mkdir(directory, { recursive: true })
  const blobs = await createFilesystemBlobStore({ directory, buffers })
  const { removedCount } = await blobs.sweep({
    blobKeysOf: async (imageId) => {
      const rows = await listRelayedParts(db, imageId)
      return new Set(rows.flatMap(({ blob_key }) => blob_key ?? []))
    },
  })
  if (removedCount > 0)
    log.info({ removedCount }, 'removed copies of relayed parts that an earlier stop left unfinished')
  const digests = createWorkerDigestService({
    directory,
    onCrash: (error) => log.error({ err: error }, 'the hashing thread of the relay failed'),
  })

  return {
    async begin({ imageId, partNumber, sizeBytes }) {
      if ((await blobs.freeBytes()) < sizeBytes + reservedBytes) {
        log.warn({ imageId, partNumber }, 'no room to keep a copy of a relayed part: its image will not be verified')
        return undefined
      }
      const sink = new PassThrough({ highWaterMark: 256 * 1024 })
      // A sink that is given up tells so to the write below.
      sink.on('error', () => undefined)
      const blobKey = blobs
        .writePart({ imageId, partNumber, source: createStreamSource(sink), maxSizeBytes: limits.maxPartSizeBytes })
        .then(({ blobKey }) => blobKey)
        .catch((error) => {
          if (!sink.destroyed) log.warn({ err: error, imageId, partNumber }, 'the copy of a relayed part was not kept')
          sink.destroy()
          return undefined
        })
      return { sink, blobKey }
    },
    committed({ image_id, part_number, blob_key, size_bytes }) {
      if (blob_key === null) return
      digests.partCommitted(image_id, { partNumber: part_number, blobKey: blob_key, sizeBytes: size_bytes })
    },
    async digestOf(imageId, rows) {
      const parts = rows.flatMap(({ part_number, blob_key, size_bytes }) =>
        blob_key === null ? [] : [{ partNumber: part_number, blobKey: blob_key, sizeBytes: size_bytes }],
      )
      if (parts.length < rows.length) return undefined
      try {
        return await digests.digestOf(imageId, parts)
      } catch (error) {
        if (error instanceof BlobGoneError) return undefined
        throw error
      }
    },
    async digestOfPart({ image_id, part_number, blob_key, size_bytes }) {
      if (blob_key === null) return undefined
      const part = { partNumber: part_number, blobKey: blob_key, sizeBytes: size_bytes }
      return await digests.digestOfPart(image_id, part).catch((error) => {
        if (!(error instanceof BlobGoneError))
          log.warn({ err: error, blobKey: blob_key }, 'a relayed part was not hashed')
        return undefined
      })
    },
    async remove(blobKey) {
      await blobs
        .remove(blobKey)
        .catch((error) => log.warn({ err: error, blobKey }, 'a copy stays until the next start'))
    },
    async forget(imageId) {
      digests.forget(imageId)
      await blobs.removeEmptyImage(imageId).catch((error) => log.warn({ err: error, imageId }, 'an empty folder stays'))
    },
    close: () => digests.close(),
  }
}
