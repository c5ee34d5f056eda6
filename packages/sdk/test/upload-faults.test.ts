import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type UploadEvent, type UploadImageOptions, uploadImage } from '../src/index.ts'
import { createFastClock } from './fast-clock.ts'
import {
  cutShort,
  deliveredTwice,
  earlyRefusal,
  earlySuccess,
  garbage,
  lostAnswer,
  on,
  refusal,
  resetAfterLastByte,
  resetBeforeHeaders,
  resetMidBody,
  stall,
  truncatedJson,
} from './faults.ts'
import type { Fault } from './images-api-double.ts'
import { createWorkbench, MiB, openResources, patternOf, sha256Of } from './workbench.ts'

const bytes = patternOf(12 * MiB + 5)
const partCount = 3
const unhandled: unknown[] = []
const onUnhandled = (reason: unknown) => unhandled.push(reason)

beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', onUnhandled)
})
afterEach(() => {
  process.off('unhandledRejection', onUnhandled)
})

async function upload(fault: Fault, options: Partial<UploadImageOptions> & { readonly clockSkewMs?: number } = {}) {
  const { clockSkewMs, ...uploadOptions } = options
  const clock = clockSkewMs === undefined ? {} : { client: { clock: createFastClock({ skewMs: clockSkewMs }) } }
  const bench = await createWorkbench({ fault, ...clock })
  const source = await bench.file('disk.img', bytes)
  const before = openResources()
  const events: UploadEvent[] = []
  const outcome = await uploadImage(bench.client, {
    source,
    name: 'disk',
    partSizeBytes: 5 * MiB,
    // Fast time: what stalls is given up after a tenth of a real second.
    stallTimeoutMs: 20_000_000,
    onEvent: (event) => events.push(event),
    ...uploadOptions,
  }).then(
    (result) => ({ result, error: undefined }),
    (error: unknown) => ({ result: undefined, error: error as { name: string; code: string; message: string } }),
  )
  const confirmed = events.flatMap((event) => (event.type === 'progress' ? [event.progress.confirmedBytes] : []))
  expect(confirmed, 'confirmed bytes never decrease').toEqual(confirmed.toSorted((a, b) => a - b))
  await bench.client.close()
  await bench.server.close()
  expect(openResources(), 'nothing stays open').toEqual({ ...before, files: expect.any(Array) })
  expect(openResources().files.length).toBeLessThanOrEqual(before.files.length)
  expect(unhandled).toEqual([])
  return { ...outcome, ...bench, events }
}

const stallFast = { stallTimeoutMs: 150_000 }

describe('an upload arrives byte for byte in spite of', () => {
  test.each<[string, Fault, Partial<UploadImageOptions>?]>([
    ['nothing', () => false],
    ['a reset before the headers of every call', (context) => context.count === 1 && resetBeforeHeaders(context)],
    ['a reset before a part is answered', on('putPart', [1, 2], resetBeforeHeaders)],
    ['a reset in the middle of a part', on('putPart', [1, 3], resetMidBody)],
    ['a reset after the last byte of a part', on('putPart', [2], resetAfterLastByte)],
    ["a part's lost 200", on('putPart', [1, 2, 3], lostAnswer)],
    ['a part delivered twice', on('putPart', [1], deliveredTwice)],
    ["the creation's lost 201", on('createImage', [1], lostAnswer)],
    ['a creation that never arrived', on('createImage', [1], resetAfterLastByte)],
    ['a creation answered by a 500', on('createImage', [1], refusal(500))],
    ['a creation answered by a 503', on('createImage', [1, 2], refusal(503))],
    ['a creation that took effect under a 502', on('createImage', [1], carriedOutUnder(502))],
    ["the completion's lost 200", on('complete', [1], lostAnswer)],
    ['a completion lost for all attempts', on('complete', 'always', lostAnswer)],
    [
      'a verification that takes longer than all attempts of a call',
      on(
        'complete',
        Array.from({ length: 20 }, (_, index) => index + 1),
        refusal(503, { 'retry-after': '2' }, 'verification_pending'),
      ),
    ],
    ['a completion delivered twice', on('complete', [1], deliveredTwice)],
    ['a server that calls a repeated completion a conflict', lostThenConflict()],
    ['a truncated answer to the completion', on('complete', [1], truncatedJson)],
    ['429 without Retry-After', on('putPart', [1, 2], refusal(429))],
    ['429 with Retry-After in seconds', on('putPart', [1], refusal(429, { 'retry-after': '3' }))],
    [
      '429 with Retry-After as a date',
      on('putPart', [1], refusal(429, { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' })),
    ],
    ['429 with an absurd Retry-After', on('putPart', [1], refusal(429, { 'retry-after': '999999999' }))],
    ['429 on the call for a part URL', on('createPartUrl', [1, 2], refusal(429, { 'retry-after': '1' }))],
    ['500', on('putPart', [1, 2], refusal(500))],
    ['503', on('putPart', [2, 3], refusal(503))],
    ['503 before the body was read', on('putPart', [1], earlyRefusal)],
    ['a part URL that has expired', on('putPart', [2], refusal(403))],
    ['a stalled part', on('putPart', [2], stall), stallFast],
    ['an early 200', on('putPart', [1], earlySuccess)],
    ['a page under 200 to a part, which the server never saw', on('putPart', [1, 2], garbage)],
    ['a truncated part URL', on('createPartUrl', [2], truncatedJson)],
    ['a garbled part URL', on('createPartUrl', [1], garbage)],
    ['an answer that is cut short', on('createPartUrl', [1], cutShort)],
    ['a truncated account', on('account', [1], truncatedJson)],
    ['a truncated creation', on('createImage', [1], truncatedJson)],
  ])('%s', async (_, fault, options) => {
    const { result, error, server } = await upload(fault, options)
    expect(error).toBeUndefined()
    const image = server.images.get(result?.image.id ?? '')
    expect(image && server.bytesOf(image).equals(bytes)).toBe(true)
    expect(result).toMatchObject({ sha256: sha256Of(bytes), partCount, image: { uploadStatus: 'completed' } })
    expect(server.images.size).toBe(1)
  })

  test.each([-7_200_000, 7_200_000])('a clock that is %d ms from the server’s', async (clockSkewMs) => {
    const { error } = await upload(on('putPart', [1], refusal(429, { 'retry-after': new Date().toUTCString() })), {
      clockSkewMs,
    })
    expect(error).toBeUndefined()
  })
})

describe('an upload stops with the right error on', () => {
  test.each<[string, Fault, object, Partial<UploadImageOptions>?]>([
    [
      'a second 403',
      on('putPart', 'always', refusal(403)),
      { name: 'ForbiddenError', status: 403, reason: 'scripted 403' },
    ],
    ['a 403 of the API', on('createPartUrl', [1], refusal(403)), { name: 'ForbiddenError', code: 'scripted_403' }],
    ['a 400 to a part', on('putPart', [2], refusal(400)), { name: 'InvalidRequestError', reason: 'scripted 400' }],
    ['a 401', on('createPartUrl', [2], refusal(401)), { name: 'AuthenticationError' }],
    ['a 404', on('createPartUrl', [2], refusal(404)), { name: 'NotFoundError' }],
    ['a 409', on('putPart', [1], refusal(409)), { name: 'ConflictError', code: 'scripted_409' }],
    ['a 507', on('putPart', [1], refusal(507)), { name: 'ServerError', status: 507 }],
    ['a server that is always too busy', on('putPart', 'always', refusal(503)), { name: 'ServerError', status: 503 }],
    ['a server that is always broken', on('putPart', 'always', refusal(500)), { name: 'ServerError', status: 500 }],
    [
      'resets without end',
      on('putPart', 'always', resetBeforeHeaders),
      { name: 'NetworkError', code: 'connection_reset' },
    ],
    [
      'a server that always stalls',
      on('putPart', 'always', stall),
      { name: 'NetworkError', code: 'stalled' },
      { stallTimeoutMs: 100_000, maxAttempts: 2 },
    ],
    ['another service', on('createPartUrl', 'always', garbage), { name: 'ResponseError', code: 'answer_not_json' }],
    [
      'a completion that is always refused',
      on('complete', 'always', refusal(500)),
      { name: 'ServerError', status: 500 },
    ],
    [
      'a completion without any answer, nor of the image',
      neitherCompletesNorTells(),
      { name: 'OutcomeUnknownError', code: 'completion_unknown' },
    ],
    ['a name that is taken by a completed image', on('createImage', 'always', refusal(409)), { name: 'ConflictError' }],
  ])('%s', async (_, fault, expected, options) => {
    const { error } = await upload(fault, { maxAttempts: 4, ...options })
    expect(error).toMatchObject(expected)
    expect(error?.message).not.toMatch(/signature|sk_live/)
  })
})

test('the URL of a part is renewed once, however often it is refused', async () => {
  const { server } = await upload(on('putPart', 'always', refusal(403)), { concurrency: 1 })
  expect(server.requests.filter(({ operation }) => operation === 'putPart')).toHaveLength(2)
})

test('429 and 503 lower the concurrency', async () => {
  const { events } = await upload(on('putPart', [1], refusal(429)))
  const limits = events.flatMap((event) => (event.type === 'progress' ? [event.progress.concurrency] : []))
  expect(limits[0]).toBe(4)
  expect(Math.min(...limits)).toBeLessThan(4)
})

test('a server that takes its time is not a stalled one', async () => {
  const slowly: Fault = async () => {
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
    return false
  }
  const { error } = await upload(slowly)
  expect(error).toBeUndefined()
})

test('a callback that throws ends the upload with what it threw, without a retry', async () => {
  const thrown = new Error('the progress bar is broken')
  const { error, server } = await upload(() => false, {
    onEvent(event) {
      if (event.type === 'progress' && event.progress.sentBytes > 0) throw thrown
    },
  })
  expect(error).toBe(thrown)
  expect(server.requests.filter(({ operation }) => operation === 'putPart').length).toBeLessThanOrEqual(4)
})

function carriedOutUnder(status: number): Fault {
  return async (context) => {
    await context.carryOutUnanswered()
    return refusal(status)(context)
  }
}

function lostThenConflict(): Fault {
  return (context) => {
    if (context.operation !== 'complete') return false
    return context.count === 1 ? lostAnswer(context) : refusal(409)(context)
  }
}

function neitherCompletesNorTells(): Fault {
  return (context) => {
    const { operation } = context
    return (operation === 'complete' || operation === 'getImage') && resetBeforeHeaders(context)
  }
}
