import { setTimeout as sleep } from 'node:timers/promises'

/** What bytes pass through on their way. */
export type ByteStage = (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>

/** The body ended where the fault wanted it to. */
export class CutError extends Error {
  override readonly name = 'CutError'
}

/** Lets so many bytes pass, then throws a {@link CutError}, even when the body ends exactly there. */
export function cutAfter(sizeBytes: number): ByteStage {
  return async function* (chunks) {
    let leftBytes = sizeBytes
    for await (const chunk of chunks) {
      if (chunk.length >= leftBytes) {
        yield chunk.subarray(0, leftBytes)
        break
      }
      leftBytes -= chunk.length
      yield chunk
    }
    throw new CutError('cut by the plan')
  }
}

/** Flips one bit of one byte. */
export function corruptAt(offset: number): ByteStage {
  return async function* (chunks) {
    let start = 0
    for await (const chunk of chunks) {
      const at = offset - start
      start += chunk.length
      if (at < 0 || at >= chunk.length) {
        yield chunk
        continue
      }
      const copy = Buffer.from(chunk)
      copy[at] = (copy[at] ?? 0) ^ 0x10
      yield copy
    }
  }
}

/** Slows the bytes down for a while, then lets them go. */
export function throttle({ bytesPerSecond, forMs }: { bytesPerSecond: number; forMs: number }): ByteStage {
  return async function* (chunks) {
    const endMs = performance.now() + forMs
    for await (const chunk of chunks) {
      const pauseMs = Math.min((chunk.length * 1000) / bytesPerSecond, endMs - performance.now())
      if (pauseMs > 0) await sleep(pauseMs)
      yield chunk
    }
  }
}

/** The first bytes come one by one. */
export function trickle(): ByteStage {
  return async function* (chunks) {
    let leftBytes = 20
    for await (const chunk of chunks) {
      let at = 0
      for (; at < chunk.length && leftBytes > 0; at++, leftBytes--) {
        yield chunk.subarray(at, at + 1)
        await sleep(10)
      }
      if (at < chunk.length) yield chunk.subarray(at)
    }
  }
}

export const asIs: ByteStage = (chunks) => chunks
