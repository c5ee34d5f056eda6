import { crc32 } from 'node:zlib'
import type { ByteRange } from '../../../bytes/range.ts'
import type { ObjectStore } from '../../../storage/s3/object-store.ts'
import { toStoreError } from '../../../storage/s3/to-store-error.ts'
import type { NoteArrivedBytes } from '../../../young-collector.ts'
import type { EntryRecord } from './entry-record.ts'

/** The object does not have the bytes that its record tells of. */
export class DamagedEntryError extends Error {
  override readonly name = 'DamagedEntryError'
}

export interface ReadEntryOptions {
  readonly store: Pick<ObjectStore, 'read'>
  readonly key: string
  readonly record: EntryRecord
  readonly range: ByteRange
  readonly signal: AbortSignal
  /** How long no byte may come. */
  readonly stallTimeoutMs: number
  readonly noteArrivedBytes: NoteArrivedBytes
}

/**
 * Reads a range of an entry's object, each part as a whole after it was checked. What it yields is overwritten by the next.
 * @throws {DamagedEntryError}; {StoreError}
 */
export async function* readEntry(options: ReadEntryOptions): AsyncGenerator<Buffer> {
  const { record, range } = options
  const { partBytes, sizeBytes } = record
  const part = Buffer.allocUnsafeSlow(Math.min(partBytes, sizeBytes))
  let partIndex = Math.floor(range.start / partBytes)
  let partStart = partIndex * partBytes
  let heldBytes = 0
  let sum = 0
  for await (const chunk of readFrom(options, partStart)) {
    options.noteArrivedBytes(chunk.length)
    for (let offset = 0; offset < chunk.length; ) {
      const length = Math.min(partBytes, sizeBytes - partStart)
      if (length <= 0) throw new DamagedEntryError('it has more bytes than its record says')
      const taken = Math.min(chunk.length - offset, length - heldBytes)
      const piece = chunk.subarray(offset, offset + taken)
      part.set(piece, heldBytes)
      // As it comes, rather than the whole at once: others use this thread.
      sum = crc32(piece, sum)
      heldBytes += taken
      offset += taken
      if (heldBytes < length) continue
      const whole = part.subarray(0, length)
      if (sum !== record.crc32[partIndex]) throw new DamagedEntryError(`part ${partIndex + 1} is damaged`)
      yield whole.subarray(Math.max(0, range.start - partStart), Math.min(length, range.end - partStart))
      partStart += length
      partIndex++
      heldBytes = 0
      sum = 0
      // At the object's end it is read on to the end of the answer, so that its connection can be used again.
      if (partStart >= range.end && partStart < sizeBytes) return
    }
  }
  if (partStart < sizeBytes) throw new DamagedEntryError('it has fewer bytes than its record says')
}

/** The object's chunks, while they come. The time that is spent on one does not count as waiting for the next. */
async function* readFrom(options: ReadEntryOptions, start: number): AsyncGenerator<Uint8Array> {
  const { store, key, signal, stallTimeoutMs } = options
  const stall = new AbortController()
  const either = AbortSignal.any([signal, stall.signal])
  const moving = async <Value>(promise: Promise<Value>): Promise<Value> => {
    const timer = setTimeout(() => stall.abort(new Error('the object store stopped sending bytes')), stallTimeoutMs)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
    }
  }
  try {
    const chunks = (await moving(store.read(key, { start, signal: either })))[Symbol.asyncIterator]()
    for (;;) {
      const { value, done } = await moving(chunks.next())
      if (done) return
      yield value
    }
  } catch (error) {
    signal.throwIfAborted()
    throw toStoreError('GetObject', error)
  } finally {
    // A body that is given up half-way would keep its connection.
    stall.abort()
  }
}
