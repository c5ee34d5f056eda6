import { crc32 } from 'node:zlib'
import type { PlannedPart } from '@slipway/core'
import type { Clock } from '../clock.ts'
import type { BufferPool } from '../transfer/buffer-pool.ts'

export interface PartBodyOptions {
  readonly part: PlannedPart
  readonly read: (buffer: Buffer, position: number) => Promise<void>
  readonly pool: BufferPool
  readonly clock: Pick<Clock, 'now'>
  /** A buffer was read: the part's bytes up to its end, and the CRC-32 over them. */
  readonly onRead: (readBytes: number, checksum: number) => void
  /** Bytes were handed to the connection: the part's bytes so far. */
  readonly onBytes: (sentBytes: number) => void
  /** The connection has taken what it was handed. */
  readonly onDrained: () => void
}

/** One part's bytes, to be iterated by the HTTP client as the connection takes them. */
export interface PartBody {
  readonly chunks: AsyncIterable<Buffer>
  /** Why the iteration failed, if it did: HTTP clients wrap or lose it. */
  readonly failure: { readonly error: unknown } | undefined
  /** Ends the reading and gives the buffers back. */
  release(): Promise<void>
}

/**
 * A link that takes longer than this for a write is given smaller ones: each write that drains is a sign of life, and a
 * slow link must not look like a dead one.
 */
const slowWriteMs = 1000
/** Also the most that a socket may still hold after it asked for more (its high-water mark). */
const minWriteBytes = 64 * 1024

/**
 * Streams a part through two buffers: one is read into while the other is written. The HTTP client asks for the next
 * chunk once the socket has drained, that is when the kernel holds the last one, so a buffer can be filled again.
 */
export function createPartBody(options: PartBodyOptions): PartBody {
  const { part, read, pool, clock, onRead, onBytes, onDrained } = options
  const buffers = [pool.acquire(), pool.acquire()] as const
  let isDrained = false
  let failure: { readonly error: unknown } | undefined
  let pendingRead: Promise<Buffer | undefined> = Promise.resolve(undefined)
  let writeBytes = minWriteBytes

  function readNext(turn: number, position: number): Promise<Buffer | undefined> {
    const sizeBytes = Math.min(pool.bufferSizeBytes, part.end - position)
    if (sizeBytes <= 0) return Promise.resolve(undefined)
    const buffer = (buffers[turn % 2] as Buffer).subarray(0, sizeBytes)
    pendingRead = read(buffer, position).then(() => buffer)
    // Awaited a turn later: a failure until then must not count as unhandled.
    pendingRead.catch(() => undefined)
    return pendingRead
  }

  async function* readChunks() {
    let position = part.start
    let checksum = 0
    let next = readNext(0, position)
    for (let turn = 1; ; turn++) {
      const chunk = await next
      if (chunk === undefined) return
      position += chunk.length
      next = readNext(turn, position)
      checksum = crc32(chunk, checksum)
      onRead(position - part.start, checksum)
      yield* writesOf(chunk, position - chunk.length - part.start)
    }
  }

  function* writesOf(chunk: Buffer, offset: number) {
    for (let start = 0; start < chunk.length; ) {
      const slice = chunk.subarray(start, start + writeBytes)
      start += slice.length
      onBytes(offset + start)
      const handedOverAtMs = clock.now()
      yield slice
      onDrained()
      // What is smaller than the high-water mark does not make the client wait, so it tells nothing of the last bytes.
      isDrained = offset + start === part.sizeBytes && slice.length >= minWriteBytes
      const isSlow = clock.now() - handedOverAtMs > slowWriteMs
      writeBytes = isSlow ? Math.max(minWriteBytes, writeBytes / 2) : Math.min(pool.bufferSizeBytes, writeBytes * 2)
    }
  }

  async function* chunks() {
    try {
      yield* readChunks()
    } catch (error) {
      failure = { error }
      throw error
    }
  }

  return {
    chunks: chunks(),
    get failure() {
      return failure
    },
    async release() {
      // A read under way would write into a buffer that someone else has by then.
      await pendingRead.catch(() => undefined)
      // Unless everything was taken, the socket may still hold a chunk: such buffers are left to the collector.
      if (isDrained) for (const buffer of buffers) pool.giveBack(buffer)
    },
  }
}
