import { createHash, type Hash } from 'node:crypto'
import { get as getPlain, type IncomingMessage } from 'node:http'
import { get as getSecure } from 'node:https'
import { parentPort } from 'node:worker_threads'
import type { ObjectHashReply, ObjectHashRequest } from './hash-messages.ts'

// Reads objects by presigned URLs and hashes them, away from the thread that answers requests.

interface Job {
  readonly hash: Hash
  offsetBytes: number
  response: IncomingMessage | undefined
}

type ReadRequest = Extract<ObjectHashRequest, { type: 'read' }>

/** Longer than a store takes to answer from cold disks, shorter than a lease. */
const idleTimeoutMs = 30_000

const jobs = new Map<number, Job>()
const reply = (message: ObjectHashReply) => parentPort?.postMessage(message)

parentPort?.on('message', (request: ObjectHashRequest) => {
  if (request.type === 'drop') drop(request.jobId)
  else read(request)
})

function drop(jobId: number): void {
  const job = jobs.get(jobId)
  jobs.delete(jobId)
  job?.response?.destroy()
}

function read({ jobId, url, offsetBytes, sizeBytes }: ReadRequest): void {
  const job = jobs.get(jobId) ?? { hash: createHash('sha256'), offsetBytes: 0, response: undefined }
  jobs.set(jobId, job)
  let isSettled = false
  const settle = (answer: () => ObjectHashReply) => {
    if (isSettled || !jobs.has(jobId)) return
    isSettled = true
    reply(answer())
  }
  const finish = () => {
    settle(() => ({ jobId, sha256: job.hash.digest('hex') }))
    jobs.delete(jobId)
  }
  const fail = (message: string, status?: number) => {
    settle(() => ({ jobId, offsetBytes: job.offsetBytes, status, message }))
  }

  // A range is not part of the signature; an empty object has none.
  const headers = offsetBytes === 0 ? {} : { range: `bytes=${offsetBytes}-` }
  const get = url.startsWith('https:') ? getSecure : getPlain
  const request = get(url, { headers, timeout: idleTimeoutMs }, (response) => {
    job.response = response
    const { statusCode = 0 } = response
    if (statusCode !== (offsetBytes === 0 ? 200 : 206)) {
      response.destroy()
      fail(`answered ${statusCode}`, statusCode)
      return
    }
    response.on('data', (chunk: Buffer) => {
      job.offsetBytes += chunk.length
      job.hash.update(chunk)
    })
    response.once('error', (error) => fail(codeOf(error)))
    response.once('close', () => {
      if (job.offsetBytes === sizeBytes) finish()
      else fail(`ended at byte ${job.offsetBytes} of ${sizeBytes}`)
    })
  })
  request.once('timeout', () => request.destroy(new Error('stalled')))
  request.once('error', (error) => fail(codeOf(error)))
}

/** The message of a network error may quote the address. */
function codeOf(error: Error & { code?: string }): string {
  return error.code ?? error.name
}
