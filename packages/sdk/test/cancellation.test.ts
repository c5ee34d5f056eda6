import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { createClient, downloadImage, downloadImageTo, systemClock, uploadImage } from '../src/index.ts'
import { refusal, stall } from './faults.ts'
import type { Fault } from './images-api-double.ts'
import { createWorkbench, MiB, openResources, patternOf } from './workbench.ts'

const bytes = patternOf(11 * MiB)

/** Real time here: what is proven is that a pause or a silent peer is not waited for. */
async function prepare(fault: Fault) {
  const bench = await createWorkbench({ fault, now: Date.now, client: { clock: systemClock } })
  bench.server.addCompleted('there', bytes)
  return { ...bench, source: await bench.file('disk.img', bytes) }
}

/** Aborts as soon as `operation` has been asked for, which the fault then leaves unanswered. */
function silentAt(operation: string, killer: AbortController, answer: Fault = stall): Fault {
  return async (context) => {
    if (context.operation !== operation) return false
    setImmediate(() => killer.abort(new Error('enough')))
    return answer(context)
  }
}

const cancelled = { name: 'CancelledError', code: 'cancelled', cause: new Error('enough') }

describe('an upload is stopped at once', { timeout: 5000 }, () => {
  test.each(['account', 'createImage', 'createPartUrl', 'putPart', 'complete'])(
    'while %s is not answered',
    async (operation) => {
      const killer = new AbortController()
      const { client, source, server, folder } = await prepare(silentAt(operation, killer))
      const before = openResources()
      const upload = uploadImage(client, {
        source,
        name: 'disk',
        partSizeBytes: 5 * MiB,
        journalDirectory: join(folder, 'j'),
        signal: killer.signal,
      })
      await expect(upload).rejects.toMatchObject(cancelled)
      await client.close()
      await server.close()
      expect(openResources().workers).toBe(before.workers)
      expect(openResources().files.length).toBeLessThanOrEqual(before.files.length)
    },
  )

  test.each([
    ['account', refusal(503, { 'retry-after': '50' })],
    ['createPartUrl', refusal(429, { 'retry-after': '50' })],
    ['putPart', refusal(503, { 'retry-after': '50' })],
    ['complete', refusal(503, { 'retry-after': '50' })],
  ])('in the pause before %s is tried again', async (operation, answer) => {
    const killer = new AbortController()
    const { client, source } = await prepare(silentAt(operation, killer, answer))
    const upload = uploadImage(client, { source, name: 'disk', signal: killer.signal })
    await expect(upload).rejects.toMatchObject(cancelled)
  })
})

describe('a download is stopped at once', { timeout: 5000 }, () => {
  test.each([
    ['while the call is not answered', 'download', stall],
    ['while the bytes do not come', 'getBytes', stall],
    ['in the pause before a range is tried again', 'getBytes', refusal(503, { 'retry-after': '50' })],
  ])('%s', async (_, operation, answer) => {
    const killer = new AbortController()
    const bench = await prepare(silentAt(operation, killer, answer))
    const download = downloadImage(bench.client, {
      ref: 'there',
      destination: join(bench.folder, 'out.img'),
      signal: killer.signal,
    })
    await expect(download).rejects.toMatchObject(cancelled)
  })

  test('into a stream, though the sink takes nothing', async () => {
    const killer = new AbortController()
    const { client } = await prepare(() => false)
    const sink = new Writable({ write: () => killer.abort(new Error('enough')) })
    await expect(downloadImageTo(client, { ref: 'there', sink, signal: killer.signal })).rejects.toMatchObject(
      cancelled,
    )
  })
})

test('a call is stopped at once, and says so in the same words', { timeout: 5000 }, async () => {
  const killer = new AbortController()
  const { client } = await prepare(silentAt('getImage', killer))
  await expect(client.images.get('there', { signal: killer.signal })).rejects.toMatchObject(cancelled)
})

test('a value that cannot stand in a path is refused before anything is sent', async () => {
  const { client, server } = await prepare(() => false)
  await expect(client.images.get('..')).rejects.toMatchObject({ name: 'UsageError', code: 'invalid_value' })
  expect(server.requests).toEqual([])
})

test('an API call that is answered too slowly is given up and tried again', async () => {
  let count = 0
  const fault: Fault = (context) => context.operation === 'getImage' && ++count < 3 && stall(context)
  const { server } = await prepare(fault)
  const client = createClient({ apiUrl: server.url, token: 'sk_live_double', timeoutMs: 50, random: () => 0 })
  expect(await client.images.get('there')).toMatchObject({ name: 'there' })
  await client.close()
})
