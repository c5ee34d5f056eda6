import type { Logger } from 'pino'
import type { UploadGate } from '../bytes/upload-gate.ts'
import type { ServeConfig } from '../config-schema.ts'
import type { Database } from '../metadata/schema.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Keyring } from '../signing/keyring.ts'
import { openFilesStorage } from './files/files-storage.ts'
import type { Storage } from './storage.ts'

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

/** @throws {ConfigError} when the storage refuses to be used as configured */
export async function openStorage(options: OpenStorageOptions): Promise<Storage> {
  const { storageUrl } = options.config
  if (storageUrl.kind === 'files') return await openFilesStorage(options)
  // Loaded when wanted: the client of an object store takes a third of a second and 20 MiB.
  const { openS3Storage } = await import('./s3/s3-storage.ts')
  return await openS3Storage(options, storageUrl)
}
