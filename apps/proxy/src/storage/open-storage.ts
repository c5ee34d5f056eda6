import type { Logger } from 'pino'
import type { UploadGate } from '../bytes/upload-gate.ts'
import { ConfigError } from '../config-error.ts'
import type { ServeConfig } from '../config-schema.ts'
import type { Database } from '../metadata/schema.ts'
import { hasObjects, hasPartFiles } from '../metadata/stored-elsewhere.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Keyring } from '../signing/keyring.ts'
import { openFilesStorage } from './files/files-storage.ts'
import type { Storage } from './storage.ts'
import type { StorageLocation } from './storage-url.ts'

export interface OpenStorageOptions {
  readonly db: Database
  readonly log: Logger
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly config: Pick<ServeConfig, 'storageUrl' | 'verify' | 'quotaBytes' | 'idleTimeoutMs' | 'uploadExpiryMs'>
  readonly keyring: Keyring
  readonly metrics: Metrics
  readonly uploads: UploadGate
  /** The folder for bytes that are stored in files. */
  readonly blobsPath: string
}

/**
 * @throws {ConfigError} when the storage refuses to be used as configured, or the installation's bytes are elsewhere: what is
 *   read and purged there would not be theirs
 */
export async function openStorage(options: OpenStorageOptions): Promise<Storage> {
  const { storageUrl } = options.config
  await assertBytesAreThere(options.db, storageUrl)
  if (storageUrl.kind === 'files') return await openFilesStorage(options)
  // Loaded when wanted: the client of an object store takes a third of a second and 20 MiB.
  const { openS3Storage } = await import('./s3/s3-storage.ts')
  return await openS3Storage(options, storageUrl)
}

async function assertBytesAreThere(db: Database, { kind }: StorageLocation): Promise<void> {
  const isElsewhere = kind === 'files' ? await hasObjects(db) : await hasPartFiles(db)
  if (!isElsewhere) return
  throw new ConfigError(
    kind === 'files'
      ? '--storage-url must name the object store that the images of this installation are in'
      : '--storage-url must be file: for this installation, which has its images in files',
  )
}
