import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { DigestPart } from './digest-service.ts'
import {
  addPart,
  advance,
  createFrontier,
  digestSoFar,
  type Frontier,
  isComplete,
  isPrefixOf,
  nextPart,
} from './frontier.ts'
import type { HashReply, HashRequest } from './messages.ts'

export interface HashQueueOptions {
  /** The blobs folder. */
  readonly directory: string
  readonly reply: (message: HashReply) => void
  readonly schedule: (turn: () => void) => void
}

type Question = Extract<HashRequest, { type: 'digest' }>

interface Job {
  readonly imageId: string
  frontier: Frontier
  readonly questions: Question[]
}

/** Bytes hashed for one image before the next has its turn: about 5 ms, so that many images advance evenly. */
const turnSizeBytes = 8 * 1024 * 1024
const chunkSizeBytes = 1024 * 1024
/** Part records kept over all images, some 200 bytes each. Beyond it the idlest image is forgotten and hashed again later. */
const maxTrackedParts = 100_000
/** Each turn looks at all of them. */
const maxTrackedImages = 1000

/** Hashes many images in turns of a few MiB. Reads block: it belongs in a thread of its own. */
export function createHashQueue({ directory, reply, schedule }: HashQueueOptions) {
  // In order of last use, the idlest first.
  const jobs = new Map<string, Job>()
  const buffer = Buffer.allocUnsafeSlow(chunkSizeBytes)
  let isRunning = false

  const touch = (imageId: string): Job => {
    const job = jobs.get(imageId) ?? { imageId, frontier: createFrontier(), questions: [] }
    jobs.delete(imageId)
    jobs.set(imageId, job)
    return job
  }

  const run = () => {
    const ready = [...jobs.values()].filter(hasWork)
    isRunning = ready.length > 0
    if (!isRunning) return
    for (const job of ready) takeTurn(job)
    schedule(run)
  }

  const start = () => {
    if (isRunning) return
    isRunning = true
    schedule(run)
  }

  const takeTurn = (job: Job) => {
    const part = nextPart(job.frontier)
    if (part) {
      try {
        hashSlice(job.frontier, part)
      } catch (error) {
        fail(job, error)
        return
      }
    }
    answer(job)
  }

  const hashSlice = (frontier: Frontier, part: DigestPart) => {
    const file = openSync(join(directory, part.blobKey), 'r')
    try {
      for (let budget = turnSizeBytes; budget > 0 && nextPart(frontier) === part; budget -= buffer.length) {
        const length = Math.min(buffer.length, part.sizeBytes - frontier.offsetBytes)
        const read = length === 0 ? 0 : readSync(file, buffer, 0, length, frontier.offsetBytes)
        if (read < length)
          throw new Error(`part ${part.partNumber} is shorter than the ${part.sizeBytes} bytes recorded`)
        advance(frontier, part, buffer.subarray(0, read))
      }
    } finally {
      closeSync(file)
    }
  }

  /** What went wrong concerns the questions; the image starts anew when it is asked about again. */
  const fail = (job: Job, error: unknown) => {
    jobs.delete(job.imageId)
    const failure = error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'gone' : 'unreadable'
    for (const { requestId } of job.questions) reply({ requestId, failure, message: String(error) })
  }

  const answer = (job: Job) => {
    const [question] = job.questions
    if (!question || !isComplete(job.frontier, question.manifest)) return
    reply({ requestId: question.requestId, sha256: digestSoFar(job.frontier) })
    job.questions.shift()
    const [next] = job.questions
    if (next) prepare(job, next)
  }

  /** Makes the frontier one that leads to the question's manifest. */
  const prepare = (job: Job, { manifest }: Question) => {
    if (!isPrefixOf(job.frontier, manifest)) job.frontier = createFrontier()
    job.frontier.waiting.clear()
    for (const part of manifest.slice(job.frontier.hashed.length)) job.frontier.waiting.set(part.partNumber, part)
  }

  const evict = () => {
    let trackedParts = 0
    for (const { frontier } of jobs.values()) trackedParts += frontier.hashed.length + frontier.waiting.size
    for (const job of jobs.values()) {
      if (trackedParts <= maxTrackedParts && jobs.size <= maxTrackedImages) return
      if (job.questions.length > 0) continue
      trackedParts -= job.frontier.hashed.length + job.frontier.waiting.size
      jobs.delete(job.imageId)
    }
  }

  return {
    handle(request: HashRequest): void {
      if (request.type === 'forget') {
        if (jobs.get(request.imageId)?.questions.length === 0) jobs.delete(request.imageId)
        return
      }
      const job = touch(request.imageId)
      if (request.type === 'digest') {
        job.questions.push(request)
        if (job.questions.length === 1) prepare(job, request)
      } else if (job.questions.length > 0) {
        // The manifest of the question decides; a part that lands now is in the next one.
        return
      } else {
        addPart(job.frontier, request.part)
      }
      evict()
      start()
    },
  }
}

function hasWork({ frontier, questions }: Job): boolean {
  return nextPart(frontier) !== undefined || questions.length > 0
}
