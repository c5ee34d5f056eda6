import type { ObjectStore } from '../../../storage/s3/object-store.ts'
import { parseEntryKey } from './entry-record.ts'
import { leftoverAgeMs } from './trim-entries.ts'

export interface AbortLeftoversOptions {
  readonly store: Pick<ObjectStore, 'listUploads' | 'abortUpload'>
  readonly entryPrefix: string
  readonly nowMs: number
}

/** Aborts uploads that died with their server. A younger one may be another server's, which is at it. */
export async function abortLeftovers({ store, entryPrefix, nowMs }: AbortLeftoversOptions): Promise<void> {
  for await (const { key, uploadId, initiatedAtMs } of store.listUploads(entryPrefix)) {
    const isOurs = parseEntryKey(entryPrefix, key) !== undefined
    if (isOurs && nowMs - initiatedAtMs > leftoverAgeMs) await store.abortUpload({ key, uploadId })
  }
}
