import type { ObjectStore } from '../../../storage/s3/object-store.ts'
import { entryKeysOf, parseEntryKey } from './entry-record.ts'

export interface TrimEntriesOptions {
  readonly store: Pick<ObjectStore, 'listObjects' | 'remove'>
  readonly entryPrefix: string
  /** What the entries may have together. */
  readonly limitBytes: number
  readonly nowMs: number
  readonly onEvict: (entry: { sha256: string; sizeBytes: number }) => void
}

interface FoundEntry {
  readonly sha256: string
  sizeBytes: number
  changedAtMs: number
  /** Undefined: it has no record. */
  usedAtMs: number | undefined
}

/** What is begun or half removed is left to whoever is at it; by then, they died. */
export const leftoverAgeMs = 86_400_000

/**
 * Removes what was used longest ago until the rest fits, and what crashes left. Several servers that do so at once see the
 * same order, and removing what is gone is a success. Whoever is reading an entry that goes asks the upstream for the rest.
 */
export async function trimEntries(options: TrimEntriesOptions): Promise<void> {
  const { store, entryPrefix, limitBytes, nowMs, onEvict } = options
  const found = await findEntries(options)
  const remove = async ({ sha256 }: FoundEntry) => {
    const keys = entryKeysOf(entryPrefix, sha256)
    await store.remove(keys.record)
    await store.remove(keys.object)
  }
  const isWhole = ({ usedAtMs, sizeBytes }: FoundEntry) => usedAtMs !== undefined && sizeBytes > 0
  for (const entry of found) {
    if (!isWhole(entry) && nowMs - entry.changedAtMs > leftoverAgeMs) await remove(entry)
  }
  const candidates = found
    .filter(isWhole)
    .sort((a, b) => (a.usedAtMs ?? 0) - (b.usedAtMs ?? 0) || (a.sha256 < b.sha256 ? -1 : 1))
  let totalBytes = candidates.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  for (const entry of candidates) {
    if (totalBytes <= limitBytes) return
    await remove(entry)
    totalBytes -= entry.sizeBytes
    onEvict(entry)
  }
}

async function findEntries({ store, entryPrefix }: TrimEntriesOptions): Promise<readonly FoundEntry[]> {
  const entries = new Map<string, FoundEntry>()
  for await (const { key, sizeBytes, modifiedAtMs } of store.listObjects(entryPrefix)) {
    const parsed = parseEntryKey(entryPrefix, key)
    if (!parsed) continue
    const { sha256, isRecord } = parsed
    const entry = entries.get(sha256) ?? { sha256, sizeBytes: 0, changedAtMs: 0, usedAtMs: undefined }
    entry.changedAtMs = Math.max(entry.changedAtMs, modifiedAtMs)
    if (isRecord) entry.usedAtMs = modifiedAtMs
    else entry.sizeBytes = sizeBytes
    entries.set(sha256, entry)
  }
  return [...entries.values()]
}
