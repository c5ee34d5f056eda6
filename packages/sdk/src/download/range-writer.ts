import type { BufferPool } from '../transfer/buffer-pool.ts'

/** Collects what the network brings in small chunks and writes it in large blocks; zeros stay holes. */
export interface RangeWriter {
  write(chunk: Buffer): Promise<void>
  /** Writes what is left. */
  flush(): Promise<void>
  /** Gives the buffer back. */
  release(): void
}

/** The grain of holes: what file systems allocate by is no larger, and comparing is free at any grain. */
const holeGrainBytes = 64 * 1024
const zeros = Buffer.alloc(holeGrainBytes)

/** The file must read as zeros, or as the very same bytes, wherever nothing has been written yet. */
export function createRangeWriter(options: {
  readonly pool: BufferPool
  readonly position: number
  readonly write: (bytes: Buffer, position: number) => Promise<void>
  readonly onWritten: (bytes: number) => void
}): RangeWriter {
  const { pool, write, onWritten } = options
  const buffer = pool.acquire()
  let position = options.position
  let filled = 0

  async function flush(): Promise<void> {
    const bytes = buffer.subarray(0, filled)
    for (const { start, end } of dataRuns(bytes)) await write(bytes.subarray(start, end), position + start)
    position += filled
    filled = 0
    onWritten(bytes.length)
  }

  return {
    async write(chunk) {
      let taken = 0
      while (taken < chunk.length) {
        const copied = chunk.copy(buffer, filled, taken)
        taken += copied
        filled += copied
        if (filled === buffer.length) await flush()
      }
    },
    flush,
    release: () => pool.giveBack(buffer),
  }
}

/** The stretches of `bytes` that are not all zeros, in grains. */
function* dataRuns(bytes: Buffer): Generator<{ start: number; end: number }> {
  let runStart: number | undefined
  for (let start = 0; start < bytes.length; start += holeGrainBytes) {
    const grain = bytes.subarray(start, start + holeGrainBytes)
    const isZero = zeros.subarray(0, grain.length).equals(grain)
    if (isZero && runStart !== undefined) {
      yield { start: runStart, end: start }
      runStart = undefined
    } else if (!isZero) {
      runStart ??= start
    }
  }
  if (runStart !== undefined) yield { start: runStart, end: bytes.length }
}
