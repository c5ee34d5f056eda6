import { z } from 'zod'
import type { S3Location } from '../../../storage/storage-url.ts'

/**
 * An entry is two objects: the image, `<prefix>/cache/<sha256>`, and its record, `<prefix>/cache/<sha256>.json`. The record is
 * written last and removed first, so that an entry with one is whole; and written anew when the entry is used, so that its
 * date is the last use, for all servers alike.
 */
export interface EntryKeys {
  readonly object: string
  readonly record: string
}

/** What a part is checked by before it is given on. The digest of the whole is the proof; this finds damage early. */
export interface EntryRecord {
  readonly sizeBytes: number
  readonly partBytes: number
  readonly crc32: readonly number[]
}

/** 128 GiB, the largest image, in no more than the 10 000 parts that an upload may have. */
export const entryPartBytes = 16 * 1024 * 1024
/** The largest image's record has 8192 sums of ten digits. */
export const maxRecordBytes = 256 * 1024

const recordSuffix = '.json'
const recordSchema = z
  .strictObject({
    sizeBytes: z.int().min(1),
    partBytes: z.int().min(1).max(entryPartBytes),
    crc32: z.array(z.int().min(0).max(0xffff_ffff)),
  })
  .refine(({ sizeBytes, partBytes, crc32 }) => crc32.length === Math.ceil(sizeBytes / partBytes))

export function entryPrefixOf({ prefix }: Pick<S3Location, 'prefix'>): string {
  return prefix === '' ? 'cache/' : `${prefix}/cache/`
}

export function entryKeysOf(entryPrefix: string, sha256: string): EntryKeys {
  return { object: entryPrefix + sha256, record: entryPrefix + sha256 + recordSuffix }
}

/** @returns undefined for a key that is none of the cache's */
export function parseEntryKey(
  entryPrefix: string,
  key: string,
): { readonly sha256: string; readonly isRecord: boolean } | undefined {
  if (!key.startsWith(entryPrefix)) return undefined
  const [, sha256, suffix] = /^([a-f0-9]{64})(\.json)?$/.exec(key.slice(entryPrefix.length)) ?? []
  return sha256 === undefined ? undefined : { sha256, isRecord: suffix === recordSuffix }
}

export function formatRecord(record: EntryRecord): Uint8Array {
  return Buffer.from(JSON.stringify(record))
}

/** @returns undefined for what no server of this kind wrote */
export function parseRecord(text: string): EntryRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(text)).data
  } catch {
    // Not even JSON.
    return undefined
  }
}
