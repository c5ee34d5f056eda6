import { describe, expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { createApiError } from '../errors/api-error.ts'
import { NetworkError, type SlipwayError } from '../errors/slipway-error.ts'
import { createConcurrency } from './concurrency.ts'
import { createPartQueue } from './part-queue.ts'
import { type PartPoolOptions, runPartPool } from './run-part-pool.ts'

const reset = new NetworkError('reset', { code: 'connection_reset' })
const refused = (status: number) =>
  createApiError({
    method: 'PUT',
    path: '/p',
    status,
    isPresigned: true,
    requestId: undefined,
    retryAfterMs: 7000,
    bodyText: '',
  })

function prepare(options: Partial<PartPoolOptions> & Pick<PartPoolOptions, 'attemptPart'>) {
  const pauses: number[] = []
  const retries: { partNumber: number; attempt: number; delayMs: number; error: SlipwayError }[] = []
  const clock: Clock = {
    now: () => 0,
    async sleep(durationMs, signal) {
      signal?.throwIfAborted()
      pauses.push(durationMs)
    },
  }
  const queue = options.queue ?? createPartQueue([1, 2, 3])
  if (!options.queue) queue.close()
  const run = runPartPool({
    queue,
    concurrency: createConcurrency(2, 0),
    maxAttempts: 3,
    clock,
    random: () => 0,
    signal: new AbortController().signal,
    keptBytes: () => 0,
    onRetry: (retry) => retries.push(retry),
    ...options,
  })
  return { run, pauses, retries }
}

test('every part is transferred once, never more at once than allowed', async () => {
  const done: number[] = []
  let atOnce = 0
  const { run } = prepare({
    async attemptPart(partNumber) {
      expect(++atOnce).toBeLessThanOrEqual(2)
      await new Promise((resolve) => setImmediate(resolve))
      atOnce--
      done.push(partNumber)
      return 1
    },
  })
  await run
  expect(done.sort()).toEqual([1, 2, 3])
})

test('parts that join late are transferred, and the end is awaited', async () => {
  const queue = createPartQueue()
  const done: number[] = []
  const { run } = prepare({ queue, attemptPart: async (partNumber) => done.push(partNumber) })
  queue.add(5)
  await new Promise((resolve) => setImmediate(resolve))
  queue.add(4)
  queue.close()
  await run
  expect(done).toEqual([5, 4])
})

describe('the retry budget', () => {
  test('is used up by failures in a row: then the last one is thrown', async () => {
    const { run, retries } = prepare({ attemptPart: () => Promise.reject(reset) })
    await expect(run).rejects.toBe(reset)
    expect(retries.filter(({ partNumber }) => partNumber === 1).length).toBeLessThanOrEqual(2)
  })

  test('is full again when bytes moved meanwhile', async () => {
    let keptBytes = 0
    const { run } = prepare({
      queue: closedQueue([1]),
      keptBytes: () => keptBytes,
      async attemptPart(_, attempt) {
        if (attempt === 12) return 1
        keptBytes += attempt % 2
        throw reset
      },
    })
    await expect(run).resolves.toBeUndefined()
  })

  test('honours what the server asked for', async () => {
    const { run, pauses } = prepare({
      queue: closedQueue([1]),
      attemptPart: (_, attempt) => (attempt === 1 ? Promise.reject(refused(429)) : Promise.resolve(1)),
    })
    await run
    expect(pauses).toEqual([7000])
  })

  test('has one renewal of the URL, at once; the second refusal is thrown', async () => {
    const { run, pauses } = prepare({ queue: closedQueue([1]), attemptPart: () => Promise.reject(refused(403)) })
    await expect(run).rejects.toMatchObject({ status: 403 })
    expect(pauses).toEqual([0])
  })
})

test('a failure that cannot be mended stops the others', async () => {
  const defect = new TypeError('defect')
  let isStopped = false
  const { run } = prepare({
    attemptPart: (partNumber, _, signal) =>
      partNumber === 1
        ? Promise.reject(defect)
        : new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              isStopped = true
              reject(signal.reason)
            })
          }),
  })
  await expect(run).rejects.toBe(defect)
  expect(isStopped).toBe(true)
})

test('the caller’s signal ends it even while it waits for parts', async () => {
  const caller = new AbortController()
  const { run } = prepare({ queue: createPartQueue(), signal: caller.signal, attemptPart: async () => 1 })
  caller.abort('enough')
  await expect(run).rejects.toBe('enough')
})

function closedQueue(partNumbers: readonly number[]) {
  const queue = createPartQueue(partNumbers)
  queue.close()
  return queue
}
