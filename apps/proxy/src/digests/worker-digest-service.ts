import { Worker } from 'node:worker_threads'
import { storageUnavailable } from '../api-errors.ts'
import { BlobGoneError, type DigestService } from './digest-service.ts'
import type { HashReply, HashRequest } from './messages.ts'

export interface WorkerDigestServiceOptions {
  /** The blobs folder. */
  readonly directory: string
  readonly onCrash: (error: unknown) => void
  /** Default: the hashing thread beside this file. */
  readonly workerUrl?: URL
}

interface PendingQuestion {
  readonly resolve: (answer: never) => void
  readonly reject: (error: unknown) => void
}

/** The digest service over one shared worker thread, started when first needed and again after a crash. */
export function createWorkerDigestService({
  directory,
  onCrash,
  workerUrl = defaultWorkerUrl(),
}: WorkerDigestServiceOptions): DigestService {
  const pending = new Map<number, PendingQuestion>()
  let worker: Worker | undefined
  let lastRequestId = 0
  let isClosed = false

  const settle = (reply: HashReply) => {
    const question = pending.get(reply.requestId)
    pending.delete(reply.requestId)
    // Each question knows the kind of its answer.
    if ('sha256' in reply) question?.resolve(reply.sha256 as never)
    else if ('lagBytes' in reply) question?.resolve(reply.lagBytes as never)
    else if (reply.failure === 'gone') question?.reject(new BlobGoneError(reply.message))
    else question?.reject(storageUnavailable(new Error(reply.message)))
  }

  const ensureWorker = () => {
    if (worker) return worker
    const started = new Worker(workerUrl, {
      workerData: { directory },
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    // The thread must not keep a process alive that is otherwise done.
    started.unref()
    started.on('message', settle)
    started.on('error', onCrash)
    started.on('exit', () => {
      if (worker === started) worker = undefined
      const error = storageUnavailable(new Error('the hashing thread stopped'))
      for (const { reject } of pending.values()) reject(error)
      pending.clear()
    })
    worker = started
    return started
  }

  const send = (request: HashRequest) => {
    if (!isClosed) ensureWorker().postMessage(request)
  }

  const ask = <Answer>(question: (requestId: number) => HashRequest) =>
    new Promise<Answer>((resolve, reject) => {
      if (isClosed) return reject(storageUnavailable(new Error('the digest service is closed')))
      const requestId = ++lastRequestId
      pending.set(requestId, { resolve, reject })
      send(question(requestId))
    })

  return {
    partCommitted: (imageId, part) => send({ type: 'part', imageId, part }),
    partArriving: (imageId, part) => send({ type: 'arriving', imageId, part }),
    partAbandoned: (imageId, blobKey) => send({ type: 'abandoned', imageId, blobKey }),
    digestOf: (imageId, manifest) => ask((requestId) => ({ type: 'digest', requestId, imageId, manifest })),
    digestOfPart: (imageId, part) => ask((requestId) => ({ type: 'part-digest', requestId, imageId, part })),
    // Without a thread there is nothing that waits.
    lagBytes: async () => (worker ? await ask<number>((requestId) => ({ type: 'lag', requestId })) : 0),
    forget: (imageId) => send({ type: 'forget', imageId }),
    async close() {
      isClosed = true
      await worker?.terminate()
    },
  }
}

/** TypeScript does not rewrite URLs: from the sources (tests) the thread runs the `.ts` file, built it runs the `.js` one. */
function defaultWorkerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './hash-worker.ts' : './hash-worker.js', import.meta.url)
}
