import type { Logger } from 'pino'
import { ApiError } from '../../api-error.ts'
import type { CacheFile, CacheStore } from './cache-store.ts'
import { type Fill, type StartFillOptions, startFill, WrongDigestError } from './fill.ts'
import type { SharedCache } from './shared/shared-cache.ts'

/** Downloaded images, each under its digest, verified before its last byte is given out. */
export interface ImageCache {
  /**
   * @returns undefined when there is no room: everything that could make way is being read
   * @throws {ApiError} when the upstream's bytes were wrong a moment ago
   */
  open(wanted: WantedImage): Promise<CacheReader | undefined>
  /** Whether it is there, whole and verified. */
  has(sha256: string): boolean
  usage(): { readonly reservedBytes: number; readonly readerCount: number; readonly fillCount: number }
  close(): Promise<void>
}

export interface WantedImage {
  readonly sha256: string
  readonly sizeBytes: number
  readonly fetch: StartFillOptions['fetch']
}

export interface CacheReader {
  isVisible(position: number): boolean
  /** Resolves when there is a byte at `position`. @throws what ended the fill */
  visible(position: number): Promise<void>
  /** Reads what is visible from `position` on. */
  read(buffer: Uint8Array, position: number): Promise<number>
  close(): Promise<void>
}

export interface ImageCacheOptions {
  readonly store: CacheStore
  /** Asked before the upstream, and told of what is here. */
  readonly shared?: SharedCache | undefined
  readonly capacityBytes: number
  readonly now: () => number
  readonly log: Pick<Logger, 'info' | 'warn'>
}

interface Entry {
  readonly sha256: string
  /** What it takes of the capacity: all of its bytes from the moment that it is begun. */
  reservedBytes: number
  status: 'whole' | 'begun' | 'filling'
  fill: Fill | undefined
  readerCount: number
  usedAtMs: number
}

/** An upstream whose bytes are wrong is not asked for all of them again at once. */
const wrongDigestPauseMs = 60_000
/** What other users of the disk are left. */
const reserveBytes = 256 * 1024 * 1024

export async function createImageCache(options: ImageCacheOptions): Promise<ImageCache> {
  const { store, shared, capacityBytes, now, log } = options
  const entries = new Map<string, Entry>()
  const wrongUntilMs = new Map<string, number>()
  let reservedBytes = 0
  let isClosed = false
  // One at a time: two that look for room must not find the same.
  let opening: Promise<unknown> = Promise.resolve()

  const add = (entry: Omit<Entry, 'readerCount' | 'fill'>) => {
    entries.set(entry.sha256, { ...entry, readerCount: 0, fill: undefined })
    reservedBytes += entry.reservedBytes
  }
  for (const { sha256, sizeBytes, usedAtMs, isWhole } of await store.list()) {
    if (entries.has(sha256)) continue
    add({ sha256, reservedBytes: sizeBytes, usedAtMs, status: isWhole ? 'whole' : 'begun' })
  }

  const evict = async (entry: Entry) => {
    entries.delete(entry.sha256)
    reservedBytes -= entry.reservedBytes
    await store.remove(entry.sha256)
    log.info({ sha256: entry.sha256, sizeBytes: entry.reservedBytes }, 'evicted an image from the cache')
  }
  /** The least recently used goes first; what is read or filled stays. */
  const makeRoom = async (neededBytes: number): Promise<boolean> => {
    const hasRoom = async () =>
      reservedBytes + neededBytes <= capacityBytes && (await store.freeBytes()) >= neededBytes + reserveBytes
    const candidates = [...entries.values()]
      .filter(({ readerCount, status }) => readerCount === 0 && status !== 'filling')
      .sort((a, b) => a.usedAtMs - b.usedAtMs)
    const evictableBytes = candidates.reduce((sum, entry) => sum + entry.reservedBytes, 0)
    // Nothing is thrown away for an image that will not fit all the same.
    if (reservedBytes - evictableBytes + neededBytes > capacityBytes) return false
    while (!(await hasRoom())) {
      const oldest = candidates.shift()
      if (!oldest) return false
      await evict(oldest)
    }
    return true
  }

  const begin = async ({ sha256, sizeBytes, fetch }: WantedImage): Promise<Entry | undefined> => {
    const begun = entries.get(sha256)
    if (begun) {
      entries.delete(sha256)
      reservedBytes -= begun.reservedBytes
    }
    if (!(await makeRoom(sizeBytes))) {
      if (begun) add({ ...begun, status: 'begun' })
      return undefined
    }
    add({ sha256, reservedBytes: sizeBytes, usedAtMs: now(), status: 'filling' })
    const entry = entries.get(sha256) as Entry
    let isShared = false
    const fill = startFill({
      store,
      sha256,
      sizeBytes,
      sourceName: () => (isShared ? 'the shared cache' : 'the upstream'),
      async fetch(range, onChunk, signal) {
        const start = (await shared?.read({ sha256, sizeBytes }, { range, onChunk, signal })) ?? range.start
        isShared = start > range.start
        if (start < range.end) await fetch({ start, end: range.end }, onChunk, signal)
      },
    })
    entry.fill = fill
    const over = (status: 'whole' | 'begun') => {
      entry.status = status
      if (entry.readerCount > 0) return
      release(entry).catch((error) => log.warn({ err: error, sha256 }, 'a cached file could not be closed'))
    }
    fill.finished.then(
      () => {
        over('whole')
        shared?.keep({ sha256, sizeBytes })
      },
      async (error: unknown) => {
        if (error instanceof WrongDigestError) {
          // The upstream may have the right ones.
          if (isShared) shared?.discard(sha256)
          else wrongUntilMs.set(sha256, now() + wrongDigestPauseMs)
        }
        if (!isClosed) log.warn({ err: error, sha256, filledBytes: fill.filledBytes() }, 'an image was not cached')
        // Those who follow it learn of it; whoever comes now begins anew, where this one ended.
        reservedBytes -= entry.reservedBytes - fill.filledBytes()
        entry.reservedBytes = fill.filledBytes()
        over('begun')
      },
    )
    return entry
  }
  /** The fill's own file is closed when nobody reads from it; later readers open the finished one. */
  const release = async (entry: Entry) => {
    const { fill } = entry
    entry.fill = undefined
    await fill?.close()
  }

  const readerOf = async (entry: Entry): Promise<CacheReader> => {
    entry.readerCount++
    entry.usedAtMs = now()
    const { fill } = entry
    let isOpen = true
    const leave = async () => {
      if (!isOpen) return
      isOpen = false
      entry.readerCount--
      if (entry.readerCount === 0 && entry.status !== 'filling' && entry.fill === fill) await release(entry)
    }
    if (fill) {
      return {
        isVisible: (position) => fill.visibleBytes() > position,
        visible: (position) => fill.visibleBeyond(position),
        read: (buffer, position) =>
          fill.read(buffer.subarray(0, Math.max(0, fill.visibleBytes() - position)), position),
        close: leave,
      }
    }
    let file: CacheFile
    try {
      file = await store.open(entry.sha256)
      await store.touch(entry.sha256, entry.usedAtMs)
      shared?.keep({ sha256: entry.sha256, sizeBytes: entry.reservedBytes })
    } catch (error) {
      await leave()
      throw error
    }
    return {
      isVisible: () => true,
      visible: async () => undefined,
      read: (buffer, position) => file.read(buffer, position),
      async close() {
        await leave()
        await file.close()
      },
    }
  }

  const openKnown = async ({ sha256, sizeBytes }: WantedImage) => {
    const known = entries.get(sha256)
    if (!known || known.status === 'begun') return undefined
    try {
      if (known.reservedBytes === sizeBytes || known.readerCount > 0) return await readerOf(known)
    } catch (error) {
      if (!isGone(error)) throw error
    }
    // Somebody else removed or changed the file: it is fetched anew.
    await evict(known)
    return undefined
  }

  const openNext = async (wanted: WantedImage) => {
    const { sha256 } = wanted
    if ((wrongUntilMs.get(sha256) ?? 0) > now()) throw wrongAMomentAgo()
    wrongUntilMs.delete(sha256)
    const reader = await openKnown(wanted)
    if (reader) return reader
    const known = entries.get(sha256)
    // A fill that failed may still have followers, which are about to learn of it.
    if (known?.fill) await release(known)
    const entry = await begin(wanted)
    return entry && (await readerOf(entry))
  }

  return {
    open(wanted) {
      const next = opening.then(() => openNext(wanted))
      opening = next.catch(() => undefined)
      return next
    },
    has: (sha256) => entries.get(sha256)?.status === 'whole',
    usage: () => ({
      reservedBytes,
      readerCount: [...entries.values()].reduce((sum, { readerCount }) => sum + readerCount, 0),
      fillCount: [...entries.values()].filter(({ status }) => status === 'filling').length,
    }),
    async close() {
      isClosed = true
      await opening
      for (const { fill } of entries.values()) fill?.stop()
      for (const entry of entries.values()) await release(entry)
      await shared?.close()
    },
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function wrongAMomentAgo(): ApiError {
  return new ApiError({
    code: 'upstream_invalid',
    message:
      'the upstream sent bytes that do not have the digest of the image: tell the operator, or try again in a minute',
  })
}
