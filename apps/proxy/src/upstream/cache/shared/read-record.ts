import type { ObjectStore } from '../../../storage/s3/object-store.ts'
import { isMissingObject } from '../../../storage/s3/store-error.ts'
import { toStoreError } from '../../../storage/s3/to-store-error.ts'
import { type EntryRecord, maxRecordBytes, parseRecord } from './entry-record.ts'

/** Readers wait meanwhile. A store that takes longer is asked later; the upstream is there. */
const lookUpTimeoutMs = 3000

/**
 * @returns undefined when there is none, or one that cannot be understood
 * @throws {StoreError}
 */
export async function readRecord(
  store: Pick<ObjectStore, 'read'>,
  { key, signal }: { key: string; signal: AbortSignal },
): Promise<EntryRecord | undefined> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(lookUpTimeoutMs)])
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of await store.read(key, { signal: limited })) {
      sizeBytes += chunk.length
      if (sizeBytes > maxRecordBytes) return undefined
      chunks.push(chunk)
    }
  } catch (thrown) {
    const error = toStoreError('GetObject', thrown)
    if (isMissingObject(error)) return undefined
    throw error
  }
  return parseRecord(Buffer.concat(chunks).toString('utf8'))
}
