import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { limits, type PlannedPart, planParts } from '@slipway/core'
import type { RangeDigest } from '../digest/hash-frontier.ts'
import { SourceError } from '../errors/slipway-error.ts'
import type { ChunkReader } from './chunk-reader.ts'
import type { PartFeed, PartFeedOptions } from './part-feed.ts'
import { createSlots } from './slots.ts'
import { openSpool, type Spool } from './spool.ts'

export interface StreamFeedOptions extends PartFeedOptions {
  readonly reader: ChunkReader
  readonly label: string
  /** The size that was promised, if any. */
  readonly sizeBytes: number | undefined
  readonly spoolDirectory: string
}

/**
 * Parts are spooled as they come in, hashed on the way, and announced when they are whole. The stream is read no further
 * than there is room, so a slow link slows the producer down.
 */
export function createStreamFeed(options: StreamFeedOptions): PartFeed {
  const { reader, label, partSizeBytes, partsToProve, maxHeldParts, onPlan, onPart } = options
  const slots = createSlots(maxHeldParts)
  const whole = createHash('sha256')
  const { promise: digest, resolve, reject } = Promise.withResolvers<string>()
  // The upload may end for another reason first and never look.
  digest.catch(() => undefined)
  let spool: Spool | undefined
  let hashedBytes = 0
  let isClosed = false

  async function run(): Promise<void> {
    const opened = await openSpool({ directory: options.spoolDirectory, slotSizeBytes: partSizeBytes })
    spool = opened
    if (isClosed) await opened.close()
    for (let partNumber = 1; !isClosed && (await reader.hasMore()); partNumber++) {
      if (partNumber > limits.maxPartCount) throw tooLong()
      const slot = await slots.take(partNumber)
      if (isClosed) return
      await spoolPart(opened, partNumber, slot)
    }
    if (!isClosed) resolve(whole.digest('hex'))
  }

  async function spoolPart(into: Spool, partNumber: number, slot: number): Promise<void> {
    const start = (partNumber - 1) * partSizeBytes
    const sha256 = partsToProve.has(partNumber) ? createHash('sha256') : undefined
    let sizeBytes = 0
    let checksum = 0
    while (sizeBytes < partSizeBytes && (await reader.hasMore())) {
      const bytes = reader.take(partSizeBytes - sizeBytes)
      if (start + sizeBytes + bytes.length > limits.maxImageSizeBytes) throw tooLong()
      await into.write(slot, sizeBytes, bytes)
      if (isClosed) return
      whole.update(bytes)
      sha256?.update(bytes)
      checksum = crc32(bytes, checksum)
      sizeBytes += bytes.length
      hashedBytes += bytes.length
    }
    // Told before the last part is announced: who counts parts then knows that it is the last.
    const isLast = !(await reader.hasMore())
    if (isClosed) return
    const part: PlannedPart = { partNumber, start, end: start + sizeBytes, sizeBytes }
    if (isLast) {
      assertPromisedSize(part.end)
      onPlan(planParts({ sizeBytes: part.end, partSizeBytes }))
    }
    const digestOfPart: RangeDigest = { ...part, sha256: sha256?.digest('hex'), crc32: checksum }
    onPart(part, digestOfPart)
  }

  function assertPromisedSize(sizeBytes: number): void {
    const { sizeBytes: promised } = options
    if (promised === undefined || promised === sizeBytes) return
    throw new SourceError(`${label} had ${sizeBytes} bytes where it promised ${promised}`, { code: 'source_changed' })
  }

  function tooLong(): SourceError {
    const most = Math.min(limits.maxImageSizeBytes, limits.maxPartCount * partSizeBytes)
    return new SourceError(`${label} has more than ${most} bytes, the most for parts of ${partSizeBytes} bytes`, {
      code: 'too_large',
    })
  }

  return {
    start() {
      run().catch(reject)
    },
    async read(buffer, position) {
      const partNumber = Math.floor(position / partSizeBytes) + 1
      const offset = position - (partNumber - 1) * partSizeBytes
      await (spool as Spool).read(slots.of(partNumber), offset, buffer)
    },
    advanceTo() {},
    done: slots.giveBack,
    hashedBytes: () => hashedBytes,
    digest,
    async close() {
      isClosed = true
      reader.stop()
      slots.close()
      // The run may wait for a producer that has stalled: it is not waited for, and ends at its next step.
      await spool?.close()
    },
  }
}
