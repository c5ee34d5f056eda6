import type { ImageRecord } from '../ledger/ledger.ts'

/**
 * An image that was there before a listing began, and that nobody tried to delete until it ended, is in it.
 * @returns the ids that are missing
 */
export function judgeListing(
  records: Iterable<ImageRecord>,
  listed: ReadonlySet<string>,
  { askedAtMs, answeredAtMs }: { readonly askedAtMs: number; readonly answeredAtMs: number },
): string[] {
  const missing: string[] = []
  for (const { id, createdAtMs, deletions } of records) {
    const wasThere = createdAtMs !== undefined && createdAtMs <= askedAtMs
    const isDeletionPossible = deletions.some(({ startedAtMs }) => startedAtMs <= answeredAtMs)
    if (wasThere && !isDeletionPossible && !listed.has(id)) missing.push(id)
  }
  return missing
}
