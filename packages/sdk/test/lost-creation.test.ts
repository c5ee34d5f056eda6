import { describe, expect, test } from 'vitest'
import { type UploadImageOptions, uploadImage } from '../src/index.ts'
import { patientMs } from './fast-clock.ts'
import { lostAnswer, on, refusal, resetAfterLastByte, resetBeforeHeaders } from './faults.ts'
import type { DoubleOptions, Fault, StoredImage } from './images-api-double.ts'
import { createWorkbench, patternOf } from './workbench.ts'

const bytes = patternOf(1000)
const keyed = { hasIdempotencyKeys: true }

interface Circumstances extends DoubleOptions {
  /** The first creation never arrives, and before it is repeated somebody else takes the name. */
  readonly isOvertaken?: boolean
}

async function upload(
  { isOvertaken = false, ...options }: Circumstances,
  uploadOptions: Partial<UploadImageOptions> = {},
) {
  const keys: unknown[] = []
  let rival: StoredImage | undefined
  const fault: Fault = (context) => {
    const isCreation = context.operation === 'createImage'
    if (isCreation) keys.push(context.request.headers['idempotency-key'])
    if (!isCreation || !isOvertaken || context.count > 1) return options.fault?.(context) ?? false
    rival = server.addStarted('disk')
    return resetAfterLastByte(context)
  }
  const { server, client, file } = await createWorkbench({ ...options, fault })
  const source = await file('disk.img', bytes)
  const outcome = await uploadImage(client, { source, name: 'disk', stallTimeoutMs: patientMs, ...uploadOptions }).then(
    ({ image }) => ({ image, error: undefined }),
    (error: unknown) => ({ image: undefined, error }),
  )
  const countOf = (operation: string) => server.requests.filter((request) => request.operation === operation).length
  return { ...outcome, rival, server, keys, countOf }
}

describe('a creation whose answers are lost', () => {
  test('is repeated under its key where the server heeds keys, which is asked once', async () => {
    const { image, server, keys, countOf } = await upload({ ...keyed, fault: on('createImage', [1, 2, 3], lostAnswer) })
    expect(image).toMatchObject({ uploadStatus: 'completed' })
    expect([...server.images.keys()]).toEqual([image?.id])
    expect(keys).toHaveLength(4)
    expect(keys[0]).toMatch(/^[\x21-\x7e]{1,255}$/)
    expect(new Set(keys).size).toBe(1)
    expect([countOf('capabilities'), countOf('getImage')]).toEqual([1, 0])
  })

  test.each<[string, Fault]>([
    ['has no capabilities', () => false],
    ['refuses to tell them', on('capabilities', 'always', refusal(403))],
  ])('is looked up by its name where the server %s', async (_, more) => {
    const lost = on('createImage', [1], lostAnswer)
    const fault: Fault = async (context) => (await lost(context)) || more(context)
    const { image, server, countOf } = await upload({ fault }, { resume: false })
    expect([...server.images.keys()]).toEqual([image?.id])
    expect([countOf('createImage'), countOf('capabilities'), countOf('getImage')]).toEqual([1, 1, 1])
  })

  test.each([true, false])('is repeated when nothing more can be heard at first, keys heeded: %s', async (hasKeys) => {
    const lost = on('createImage', [1], lostAnswer)
    const silent = on('capabilities', [1, 2, 3, 4, 5, 6], resetBeforeHeaders)
    const fault: Fault = async (context) => (await lost(context)) || silent(context)
    const { image, server } = await upload({ hasIdempotencyKeys: hasKeys, fault }, { resume: false })
    expect([...server.images.keys()]).toEqual([image?.id])
  })
})

describe('regression: an image of the same name that somebody else created when a creation was lost', () => {
  test('is not walked into where the server heeds keys', async () => {
    const { error, rival, countOf } = await upload({ ...keyed, isOvertaken: true }, { resume: false })
    expect(error).toMatchObject({ name: 'ConflictError', code: 'name_taken' })
    expect(rival).toMatchObject({ status: 'started', parts: new Map() })
    expect(countOf('capabilities')).toBe(1)
  })

  test('is gone on with where that is wanted, as with any unfinished upload', async () => {
    const { image, rival } = await upload({ ...keyed, isOvertaken: true }, { resume: true })
    expect(image?.id).toBe(rival?.id)
  })

  test('cannot be told from one’s own elsewhere', async () => {
    const { image, rival } = await upload({ isOvertaken: true }, { resume: false })
    expect(image?.id).toBe(rival?.id)
  })
})

test('an upload whose creation is answered asks for no capabilities', async () => {
  const { image, countOf } = await upload(keyed)
  expect(image).toMatchObject({ uploadStatus: 'completed' })
  expect(countOf('capabilities')).toBe(0)
})

test('each upload has a key of its own', async () => {
  const [first, second] = [await upload(keyed), await upload(keyed)]
  expect(first.keys).not.toEqual(second.keys)
})

test('images.create under a key answers the same image again, and refuses another one', async () => {
  const { client } = await createWorkbench(keyed)
  const creation = { workspace: 'sfc:workspace:acme:default', idempotencyKey: 'voyage-1' }
  const { id } = await client.images.create({ ...creation, name: 'disk' })
  expect(await client.images.create({ ...creation, name: 'disk' })).toMatchObject({ id })
  await expect(client.images.create({ ...creation, name: 'other' })).rejects.toMatchObject({
    name: 'ConflictError',
    code: 'idempotency_error',
  })
  expect(await client.getCapabilities()).toMatchObject({ heedsIdempotencyKey: true })
})
