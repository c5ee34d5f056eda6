import type { ServeBytes } from '../bytes/serve-bytes.ts'
import type { JobContext, MaintenanceJob } from '../maintenance/job.ts'
import type { StoredImage } from '../metadata/images.ts'
import type { ImageBytes } from './image-bytes.ts'

/** A storage engine, assembled: the bytes of images and everything that only this engine needs. */
export interface Storage {
  /** For people; without anything secret. */
  readonly description: string
  readonly bytes: ImageBytes
  /** This server's own byte routes. Undefined where clients and the store talk directly. */
  readonly serveBytes: ServeBytes | undefined
  /**
   * Removes the bytes of an image, its upload included, and takes them off the account.
   * @returns false when it was told to stop half way; the next run goes on from there
   */
  purge(job: JobContext, row: StoredImage): Promise<boolean>
  readonly jobs: readonly MaintenanceJob[]
  /** Begins what runs beside the requests. */
  start(): void
  /** @throws {Error} when bytes cannot be stored at the moment */
  assertReady(): Promise<void>
  close(): Promise<void>
}
