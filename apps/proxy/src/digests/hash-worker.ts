import { constants, getPriority, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { createHashQueue } from './hash-queue.ts'
import type { HashRequest } from './messages.ts'

// The hashing thread: receives parts and questions, answers questions. See `hash-queue.ts`.
const port = parentPort
if (!port) throw new Error('hash-worker runs as a worker thread only')

// A client waits for each part to be acknowledged, for the digest only in the end: half way to what is below normal. On Linux
// this concerns the thread that asks for it; elsewhere it would be the whole process.
const belowNormal = constants.priority.PRIORITY_BELOW_NORMAL / 2
if (process.platform === 'linux' && getPriority() < belowNormal) setPriority(belowNormal)

const queue = createHashQueue({
  directory: (workerData as { directory: string }).directory,
  reply: (message) => port.postMessage(message),
  // Messages are read between two turns, so that a part that lands meanwhile is seen.
  schedule: (turn) => setImmediate(turn),
})
port.on('message', (request: HashRequest) => queue.handle(request))
