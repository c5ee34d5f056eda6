import { Worker } from 'node:worker_threads'
import { SourceError } from '../errors/slipway-error.ts'
import { abandoned, type HashedRange, type HashWorkerData, type HashWorkerMessage } from './hash-protocol.ts'

export interface HashFrontierOptions {
  readonly fd: number
  readonly sizeBytes: number
  /** Ranges that want digests of their own. Default: none. */
  readonly ranges?: readonly HashedRange[]
  readonly onRange?: (digest: RangeDigest) => void
}

export interface RangeDigest extends HashedRange {
  /** Absent where it was not asked for. */
  readonly sha256?: string | undefined
  readonly crc32: number
}

/** The SHA-256 of a file, computed by a worker thread that follows the transfer's frontier. */
export interface HashFrontier {
  /** Lets the worker read up to `position`; an earlier position than before is ignored. */
  advanceTo(position: number): void
  hashedBytes(): number
  /** Settles once everything is hashed; rejects when the file cannot be read or ends early. */
  readonly digest: Promise<string>
  close(): Promise<void>
}

export function createHashFrontier({ fd, sizeBytes, ranges = [], onRange }: HashFrontierOptions): HashFrontier {
  const shared = new SharedArrayBuffer(16)
  const limit = new BigInt64Array(shared, 0, 1)
  const hashed = new BigInt64Array(shared, 8, 1)
  const workerData: HashWorkerData = { fd, sizeBytes, ranges, shared }
  // The process's own flags (`--input-type`, `--inspect-brk`) are about its main script.
  const worker = new Worker(workerUrl(), { workerData, execArgv: [] })

  const digest = new Promise<string>((resolve, reject) => {
    worker.on('message', (message: HashWorkerMessage) => {
      if (message.type === 'digest') resolve(message.sha256)
      else if (message.type === 'range') onRange?.({ ...message.range, sha256: message.sha256, crc32: message.crc32 })
      else reject(fileShrank(sizeBytes, message.position))
    })
    worker.on('error', (cause) => reject('syscall' in cause ? unreadable(cause) : cause))
    worker.on('exit', () => reject(new SourceError('hashing was stopped', { code: 'hashing_stopped' })))
  })
  // The upload may end for another reason first and never look.
  digest.catch(() => undefined)

  function publish(position: bigint): void {
    Atomics.store(limit, 0, position)
    Atomics.notify(limit, 0)
  }

  return {
    digest,
    advanceTo(position) {
      const current = Atomics.load(limit, 0)
      if (current !== abandoned && BigInt(position) > current) publish(BigInt(position))
    },
    hashedBytes: () => Number(Atomics.load(hashed, 0)),
    async close() {
      publish(abandoned)
      await worker.terminate()
    },
  }
}

/** Compiled beside this file; when the sources themselves run, Node strips their types. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './hash-worker.ts' : './hash-worker.js', import.meta.url)
}

function unreadable(cause: Error): SourceError {
  return new SourceError(`the file cannot be read: ${cause.message}`, { code: 'unreadable', cause })
}

function fileShrank(sizeBytes: number, position: number): SourceError {
  return new SourceError(`the file ended at byte ${position} of ${sizeBytes}: something is writing to it`, {
    code: 'source_changed',
  })
}
