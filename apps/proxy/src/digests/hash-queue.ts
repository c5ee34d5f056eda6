import {
  addPart,
  advance,
  createFrontier,
  digestSoFar,
  dropArriving,
  type Frontier,
  isComplete,
  lagOf,
  lead,
  type NextBytes,
  nextBytes,
} from './frontier.ts'
import type { HashReply, HashRequest } from './messages.ts'
import { advancePart, createPartHashJob, type PartHashJob } from './part-hash-queue.ts'
import { readSlice } from './read-slice.ts'

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
  // Parts by themselves, which only resuming uploads ask for: hashed while no image has anything to do.
  let partJobs: PartHashJob[] = []
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
    const [partJob] = partJobs
    isRunning = ready.length > 0 || partJob !== undefined
    if (!isRunning) return
    for (const job of ready) takeTurn(job)
    if (ready.length === 0 && partJob) takePartTurn(partJob)
    schedule(run)
  }

  const start = () => {
    if (isRunning) return
    isRunning = true
    schedule(run)
  }

  const takeTurn = (job: Job) => {
    const next = nextBytes(job.frontier)
    if (next) {
      try {
        hashSlice(job.frontier, next)
      } catch (error) {
        // One that is arriving may have got its name, or gone, since that was told: the next message says which.
        if (!next.part) job.frontier.arriving = undefined
        else return fail(job, error)
      }
    }
    answer(job)
  }

  const hashSlice = (frontier: Frontier, next: NextBytes) => {
    const onChunk = (bytes: Uint8Array) => advance(frontier, next, bytes)
    readSlice({ directory, ...next, budgetBytes: turnSizeBytes, buffer, onChunk })
  }

  const takePartTurn = (job: PartHashJob) => {
    const { requestId, part, offsetBytes } = job
    const { partNumber, blobKey: fileKey, sizeBytes: endBytes } = part
    const done = (message: HashReply) => {
      partJobs = partJobs.filter((other) => other !== job)
      reply(message)
    }
    const onChunk = (bytes: Uint8Array) => {
      const sha256 = advancePart(job, bytes)
      if (sha256 !== undefined) done({ requestId, sha256 })
    }
    try {
      const slice = { partNumber, fileKey, offsetBytes, endBytes, budgetBytes: turnSizeBytes }
      readSlice({ directory, ...slice, buffer, onChunk })
    } catch (error) {
      done({ requestId, failure: failureOf(error), message: String(error) })
    }
  }

  /** What went wrong concerns the questions; the image starts anew when it is asked about again. */
  const fail = (job: Job, error: unknown) => {
    jobs.delete(job.imageId)
    const failure = failureOf(error)
    for (const { requestId } of job.questions) reply({ requestId, failure, message: String(error) })
  }

  const answer = (job: Job) => {
    const [question] = job.questions
    if (!question || !isComplete(job.frontier, question.manifest)) return
    reply({ requestId: question.requestId, sha256: digestSoFar(job.frontier) })
    job.questions.shift()
    const [next] = job.questions
    if (next) job.frontier = lead(job.frontier, next.manifest)
  }

  const lagBytes = () => {
    let sum = 0
    for (const { frontier } of jobs.values()) sum += lagOf(frontier)
    return sum
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
      if (request.type === 'lag') {
        reply({ requestId: request.requestId, lagBytes: lagBytes() })
        return
      }
      if (request.type === 'forget') {
        if (jobs.get(request.imageId)?.questions.length === 0) jobs.delete(request.imageId)
        for (const { imageId, requestId } of partJobs) {
          if (imageId === request.imageId) reply({ requestId, failure: 'gone', message: 'no longer wanted' })
        }
        partJobs = partJobs.filter(({ imageId }) => imageId !== request.imageId)
        return
      }
      if (request.type === 'abandoned') {
        const abandoned = jobs.get(request.imageId)
        if (abandoned) dropArriving(abandoned.frontier, request.blobKey)
        return
      }
      if (request.type === 'part-digest') {
        partJobs.push(createPartHashJob(request))
        start()
        return
      }
      const job = touch(request.imageId)
      if (request.type === 'digest') {
        job.questions.push(request)
        if (job.questions.length === 1) job.frontier = lead(job.frontier, request.manifest)
      } else if (job.questions.length > 0) {
        // The manifest of the question decides; a part that lands now is in the next one.
        return
      } else if (request.type === 'arriving') {
        job.frontier.arriving = request.part
      } else {
        addPart(job.frontier, request.part)
      }
      evict()
      start()
    },
  }
}

function hasWork({ frontier, questions }: Job): boolean {
  return nextBytes(frontier) !== undefined || questions.length > 0
}

function failureOf(error: unknown): 'gone' | 'unreadable' {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'gone' : 'unreadable'
}
