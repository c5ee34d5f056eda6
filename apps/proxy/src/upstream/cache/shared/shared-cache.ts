import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { ByteRange } from '../../../bytes/range.ts'
import type { ObjectStore } from '../../../storage/s3/object-store.ts'
import type { NoteArrivedBytes } from '../../../young-collector.ts'
import type { CacheStore } from '../cache-store.ts'
import type { StartFillOptions } from '../fill.ts'
import { abortLeftovers } from './abort-leftovers.ts'
import { entryKeysOf, formatRecord } from './entry-record.ts'
import { DamagedEntryError, readEntry } from './read-entry.ts'
import { readRecord } from './read-record.ts'
import { saveEntry } from './save-entry.ts'
import { trimEntries } from './trim-entries.ts'

interface Image {
  readonly sha256: string
  readonly sizeBytes: number
}

/**
 * Images that servers share in an object store, so that the upstream is asked once by all of them. It is a help and never a
 * need: what it does not have, or cannot give, comes from the upstream. Its bytes are trusted no more than the upstream's.
 */
export interface SharedCache {
  /**
   * Hands over the range's bytes in order, as far as they are there and pass their checks.
   * @returns the position after the last one: `range.start` when there are none
   * @throws what `onChunk` threw, or the signal's reason
   */
  read(
    image: Image,
    options: { range: ByteRange; onChunk: Parameters<StartFillOptions['fetch']>[1]; signal: AbortSignal },
  ): Promise<number>
  /** Told of every use of a verified image: it is stored where it is missing, and its use is noted, in the background. */
  keep(image: Image): void
  /** Its bytes were wrong: it is removed, and not read again before it was stored anew. */
  discard(sha256: string): void
  /** Gives up what is being stored. */
  close(): Promise<void>
}

export interface SharedCacheOptions {
  readonly store: ObjectStore
  /** Before every key, with its slash. */
  readonly entryPrefix: string
  /** What all entries may have together; without end when undefined. */
  readonly capacityBytes: number | undefined
  readonly openFile: CacheStore['open']
  /** How long no byte may come. */
  readonly stallTimeoutMs: number
  readonly now: () => number
  readonly log: Pick<Logger, 'info' | 'warn'>
  readonly onReadBytes: (sizeBytes: number) => void
  readonly noteArrivedBytes: NoteArrivedBytes
}

/** A store that failed is not asked for so long: readers would wait for it. */
const pauseMs = 30_000
/** The last use is known to this precision; a note is one small request. */
const noteIntervalMs = 3_600_000
const retryIntervalMs = 60_000
/** What a stop waits for the part that is on its way. */
const closeTimeoutMs = 3000
const maxRemembered = 10_000

export function createSharedCache(options: SharedCacheOptions): SharedCache {
  const { store, entryPrefix, openFile, stallTimeoutMs, now, log, onReadBytes, noteArrivedBytes } = options
  const capacityBytes = options.capacityBytes ?? Number.POSITIVE_INFINITY
  const stop = new AbortController()
  const distrusted = new Set<string>()
  /** By digest, when its use is noted next. */
  const dueAtMs = new Map<string, number>()
  let pausedUntilMs = 0
  // One after the other: what is stored must not take much of the memory, or of the way to the readers.
  let working: Promise<void> = Promise.resolve()

  const enqueue = (what: string, work: () => Promise<void>, onFailure: () => void = () => undefined) => {
    working = working.then(async () => {
      if (stop.signal.aborted) return
      try {
        await work()
      } catch (error) {
        onFailure()
        if (!stop.signal.aborted) log.warn({ err: error }, `the shared cache could not ${what}`)
      }
    })
  }
  const trim = (limitBytes: number) =>
    trimEntries({
      ...{ store, entryPrefix, limitBytes, nowMs: now() },
      onEvict: ({ sha256, sizeBytes }) => log.info({ sha256, sizeBytes }, 'evicted an image from the shared cache'),
    })
  const due = (sha256: string, atMs: number) => {
    dueAtMs.delete(sha256)
    dueAtMs.set(sha256, atMs)
    const [oldest] = dueAtMs.keys()
    if (dueAtMs.size > maxRemembered && oldest !== undefined) dueAtMs.delete(oldest)
  }

  const noteOrSave = async ({ sha256, sizeBytes }: Image) => {
    const keys = entryKeysOf(entryPrefix, sha256)
    const record = distrusted.has(sha256)
      ? undefined
      : await readRecord(store, { key: keys.record, signal: stop.signal })
    if (record?.sizeBytes === sizeBytes && (await store.sizeOf(keys.object)) === sizeBytes) {
      return await store.put(keys.record, formatRecord(record))
    }
    const hasCapacity = capacityBytes !== Number.POSITIVE_INFINITY
    if (hasCapacity) await trim(capacityBytes - sizeBytes)
    const file = await openFile(sha256)
    try {
      await saveEntry({ store, keys, file, sizeBytes, signal: stop.signal })
    } finally {
      await file.close()
    }
    distrusted.delete(sha256)
    log.info({ sha256, sizeBytes }, 'stored an image in the shared cache')
    // Another server may have stored something meanwhile.
    if (hasCapacity) await trim(capacityBytes)
  }
  const discard = (sha256: string) => {
    distrusted.add(sha256)
    dueAtMs.delete(sha256)
    const { record, object } = entryKeysOf(entryPrefix, sha256)
    enqueue('remove a wrong image', async () => {
      await store.remove(record)
      await store.remove(object)
    })
  }
  const failed = ({ sha256 }: Image, error: unknown) => {
    log.warn({ err: error, sha256 }, 'an image of the shared cache cannot be read: the upstream is asked')
    if (error instanceof DamagedEntryError) discard(sha256)
    else pausedUntilMs = now() + pauseMs
  }

  enqueue('remove what crashes left', async () => {
    await abortLeftovers({ store, entryPrefix, nowMs: now() })
    await trim(capacityBytes)
  })

  return {
    async read(image, { range, onChunk, signal }) {
      const { sha256, sizeBytes } = image
      if (now() < pausedUntilMs || distrusted.has(sha256)) return range.start
      let position = range.start
      const chunks = readVerified()
      try {
        for (;;) {
          const next = await chunks.next().catch((error: unknown) => {
            signal.throwIfAborted()
            failed(image, error)
            return undefined
          })
          if (!next || next.done) return position
          // Apart from the reading: what fails here is none of the store's doing.
          await onChunk(next.value)
          position += next.value.length
          onReadBytes(next.value.length)
        }
      } finally {
        await chunks.return()
      }

      async function* readVerified() {
        const keys = entryKeysOf(entryPrefix, sha256)
        const record = await readRecord(store, { key: keys.record, signal })
        if (!record) return
        if (record.sizeBytes !== sizeBytes) throw new DamagedEntryError('it has another size')
        yield* readEntry({ store, key: keys.object, record, range, signal, stallTimeoutMs, noteArrivedBytes })
      }
    },
    keep(image) {
      const { sha256, sizeBytes } = image
      if (sizeBytes === 0 || sizeBytes > capacityBytes || now() < (dueAtMs.get(sha256) ?? 0)) return
      due(sha256, now() + noteIntervalMs)
      enqueue(
        'store an image',
        () => noteOrSave(image),
        () => due(sha256, now() + retryIntervalMs),
      )
    },
    discard,
    async close() {
      stop.abort(new Error('the server stops'))
      await Promise.race([working, sleep(closeTimeoutMs, undefined, { ref: false })])
      store.close()
    },
  }
}
