import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { PresignedUrl } from '../signing/byte-urls.ts'
import type { ObjectHashReply, ObjectHashRequest } from './hash-messages.ts'

export interface HashObjectOptions {
  /** A fresh URL for each attempt. */
  readonly presign: () => Promise<PresignedUrl>
  readonly sizeBytes: number
  readonly signal: AbortSignal
}

export interface ObjectHasher {
  /** The SHA-256 of an object that is streamed once. @throws {Error} when it cannot be read, or the signal says to stop */
  hash(options: HashObjectOptions): Promise<string>
  close(): Promise<void>
}

export interface ObjectHasherOptions {
  /** Default: the hashing thread beside this file. */
  readonly workerUrl?: URL
  /** Waits between attempts. Default: real time. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Attempts that bring no byte; any that does starts the count anew. */
const maxFruitlessAttempts = 5
const pauseMs = 500

/** One thread, started when first needed, for all objects that are hashed at the same time. */
export function createObjectHasher({
  workerUrl = defaultWorkerUrl(),
  pause = wait,
}: ObjectHasherOptions = {}): ObjectHasher {
  const pending = new Map<number, (outcome: ObjectHashReply | Error) => void>()
  let worker: Worker | undefined
  let lastJobId = 0

  const ensureWorker = () => {
    if (worker) return worker
    const started = new Worker(workerUrl, { resourceLimits: { maxYoungGenerationSizeMb: 4 } })
    started.unref()
    started.on('message', (reply: ObjectHashReply) => pending.get(reply.jobId)?.(reply))
    const fail = (error: Error) => {
      if (worker === started) worker = undefined
      for (const settle of pending.values()) settle(error)
    }
    started.on('error', fail)
    started.on('exit', () => fail(new Error('the hashing thread stopped')))
    worker = started
    return started
  }
  const send = (request: ObjectHashRequest) => ensureWorker().postMessage(request)

  const read = (request: Extract<ObjectHashRequest, { type: 'read' }>, signal: AbortSignal) =>
    new Promise<ObjectHashReply>((resolve, reject) => {
      const settle = (outcome: ObjectHashReply | Error) => {
        pending.delete(request.jobId)
        signal.removeEventListener('abort', stop)
        if (outcome instanceof Error) reject(outcome)
        else resolve(outcome)
      }
      const stop = () => settle(new Error('the verification was stopped'))
      pending.set(request.jobId, settle)
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
      else send(request)
    })

  return {
    async hash({ presign, sizeBytes, signal }) {
      const jobId = ++lastJobId
      let offsetBytes = 0
      let fruitlessCount = 0
      try {
        for (;;) {
          const { url } = await presign()
          const reply = await read({ type: 'read', jobId, url, offsetBytes, sizeBytes }, signal)
          if ('sha256' in reply) return reply.sha256
          fruitlessCount = reply.offsetBytes > offsetBytes ? 1 : fruitlessCount + 1
          offsetBytes = reply.offsetBytes
          if (reply.status === 404 || offsetBytes > sizeBytes || fruitlessCount >= maxFruitlessAttempts) {
            throw new Error(`the object cannot be read: ${reply.message}`)
          }
          await pause(pauseMs * fruitlessCount, signal)
        }
      } finally {
        if (worker) send({ type: 'drop', jobId })
      }
    },
    async close() {
      await worker?.terminate()
    },
  }
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal })
}

/** TypeScript does not rewrite URLs: from the sources (tests) the thread runs the `.ts` file, built it runs the `.js` one. */
function defaultWorkerUrl(): URL {
  const name = './object-hash-worker'
  return new URL(import.meta.url.endsWith('.ts') ? `${name}.ts` : `${name}.js`, import.meta.url)
}
