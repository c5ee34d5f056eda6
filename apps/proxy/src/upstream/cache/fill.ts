import { createHash } from 'node:crypto'
import { ApiError } from '../../api-error.ts'
import type { ByteRange } from '../../bytes/range.ts'
import type { CacheStore, FillFile } from './cache-store.ts'

/** The one fetch of an image into the cache, which any number of readers follow. */
export interface Fill {
  readonly sizeBytes: number
  /** Bytes that are there and may be read. The last one is held back until the digest is known to be right. */
  visibleBytes(): number
  /** Resolves when there are bytes after `position`. @throws what ended the fill */
  visibleBeyond(position: number): Promise<void>
  /** Opened by the fill, closed by it when it is over and the last reader is gone. */
  read(buffer: Uint8Array, position: number): Promise<number>
  /** Resolves when it is verified and whole. @throws what ended it otherwise */
  readonly finished: Promise<void>
  /** Bytes that are on disk, verified or not. */
  filledBytes(): number
  stop(): void
  /** Once nobody reads any more. */
  close(): Promise<void>
}

export interface StartFillOptions {
  readonly store: CacheStore
  readonly sha256: string
  readonly sizeBytes: number
  /** Hands over the range's bytes in order, one chunk at a time. */
  readonly fetch: (
    range: ByteRange,
    onChunk: (chunk: Buffer) => Promise<void> | undefined,
    signal: AbortSignal,
  ) => Promise<void>
  /** Where the bytes came from, for the message when they are wrong. */
  readonly sourceName?: () => string
}

/** The bytes are other ones than the upstream declares. */
export class WrongDigestError extends ApiError {
  constructor({ sha256, computed, source }: { sha256: string; computed: string; source: string }) {
    super({
      code: 'upstream_invalid',
      message: `${source} sent bytes with the digest ${computed} for an image with ${sha256}: tell the operator`,
    })
  }
}

/** Fewer, larger writes. */
const bufferBytes = 1024 * 1024

export function startFill(options: StartFillOptions): Fill {
  const { store, sha256, sizeBytes, fetch, sourceName = () => 'the upstream' } = options
  const stop = new AbortController()
  let file: FillFile | undefined
  let filledBytes = 0
  let isVerified = false
  let failure: { readonly error: unknown } | undefined
  let waiting: (() => void)[] = []

  const wake = () => {
    const woken = waiting
    waiting = []
    for (const go of woken) go()
  }
  const visibleBytes = () => (isVerified ? sizeBytes : Math.min(filledBytes, Math.max(sizeBytes - 1, 0)))

  const run = async () => {
    file = await store.beginFill(sha256)
    const hash = createHash('sha256')
    await takeBegun(file, hash)
    const buffer = Buffer.allocUnsafeSlow(bufferBytes)
    let bufferedBytes = 0
    const flush = async () => {
      const bytes = buffer.subarray(0, bufferedBytes)
      hash.update(bytes)
      await file?.write(bytes, filledBytes)
      filledBytes += bufferedBytes
      bufferedBytes = 0
      wake()
    }
    const take = async (chunk: Buffer) => {
      for (let offset = 0; offset < chunk.length; ) {
        const copied = chunk.copy(buffer, bufferedBytes, offset)
        bufferedBytes += copied
        offset += copied
        if (bufferedBytes === buffer.length) await flush()
      }
    }
    const onChunk = (chunk: Buffer) => {
      if (bufferedBytes + chunk.length < buffer.length) {
        bufferedBytes += chunk.copy(buffer, bufferedBytes)
        return undefined
      }
      return take(chunk)
    }
    try {
      if (filledBytes < sizeBytes) await fetch({ start: filledBytes, end: sizeBytes }, onChunk, stop.signal)
    } finally {
      // What came before a failure need not come again.
      if (bufferedBytes > 0) await flush()
    }
    const computed = hash.digest('hex')
    if (computed !== sha256) {
      await file.truncate()
      filledBytes = 0
      throw new WrongDigestError({ sha256, computed, source: sourceName() })
    }
    await file.commit()
    isVerified = true
  }

  /** Goes on with what an earlier fill left, of which only the bytes themselves are trusted. */
  const takeBegun = async (begun: FillFile, hash: ReturnType<typeof createHash>) => {
    if (begun.sizeBytes > sizeBytes) await begun.truncate()
    const limit = begun.sizeBytes > sizeBytes ? 0 : begun.sizeBytes
    const buffer = Buffer.allocUnsafeSlow(bufferBytes)
    while (filledBytes < limit) {
      stop.signal.throwIfAborted()
      const length = await begun.read(buffer.subarray(0, Math.min(buffer.length, limit - filledBytes)), filledBytes)
      if (length === 0) break
      hash.update(buffer.subarray(0, length))
      filledBytes += length
      wake()
    }
  }

  const finished = run().then(wake, (error: unknown) => {
    failure = { error }
    wake()
    throw error
  })
  // Readers learn of it by reading; a fill that nobody follows fails quietly.
  finished.catch(() => undefined)

  return {
    sizeBytes,
    finished,
    visibleBytes,
    filledBytes: () => filledBytes,
    async visibleBeyond(position) {
      while (visibleBytes() <= position) {
        if (failure) throw failure.error
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
    },
    read: async (buffer, position) => (await file?.read(buffer, position)) ?? 0,
    stop: () => stop.abort(new Error('the fill was stopped')),
    async close() {
      await finished.catch(() => undefined)
      await file?.close()
    },
  }
}
