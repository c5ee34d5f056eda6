import { createHash, type Hash } from 'node:crypto'
import { readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { crc32 } from 'node:zlib'
import { abandoned, type HashedRange, type HashWorkerData, type HashWorkerMessage } from './hash-protocol.ts'

/**
 * Hashes one file from its beginning, never past the limit that the main thread has published: so it reads what was just
 * read there, from the page cache, and the disk is read once. Ranges that the caller wants proven get a digest of their
 * own on the way.
 */
const blockSizeBytes = 1024 * 1024

const { fd, sizeBytes, ranges, shared } = workerData as HashWorkerData
const limit = new BigInt64Array(shared, 0, 1)
const hashed = new BigInt64Array(shared, 8, 1)

run()

function run(): void {
  const whole = createHash('sha256')
  const block = Buffer.allocUnsafe(blockSizeBytes)
  const pending = [...ranges].sort((a, b) => a.start - b.start)
  let range: { wanted: HashedRange; sha256: Hash; crc32: number } | undefined
  let position = 0

  while (position < sizeBytes) {
    const seenLimit = Atomics.load(limit, 0)
    if (seenLimit === abandoned) return
    if (BigInt(position) >= seenLimit) {
      Atomics.wait(limit, 0, seenLimit)
      continue
    }
    if (!range && pending[0]?.start === position) {
      range = { wanted: pending.shift() as HashedRange, sha256: createHash('sha256'), crc32: 0 }
    }
    const stop = Math.min(Number(seenLimit), range?.wanted.end ?? pending[0]?.start ?? sizeBytes)
    const bytesRead = readSync(fd, block, 0, Math.min(block.length, stop - position), position)
    if (bytesRead === 0) {
      post({ type: 'shrunk', position })
      return
    }
    const bytes = block.subarray(0, bytesRead)
    whole.update(bytes)
    position += bytesRead
    if (range) {
      range.sha256.update(bytes)
      range.crc32 = crc32(bytes, range.crc32)
      if (position === range.wanted.end) {
        post({ type: 'range', range: range.wanted, sha256: range.sha256.digest('hex'), crc32: range.crc32 })
        range = undefined
      }
    }
    Atomics.store(hashed, 0, BigInt(position))
  }
  post({ type: 'digest', sha256: whole.digest('hex') })
}

function post(message: HashWorkerMessage): void {
  parentPort?.postMessage(message)
}
