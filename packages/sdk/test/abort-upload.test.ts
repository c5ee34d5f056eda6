import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { abortUpload, uploadImage } from '../src/index.ts'
import { patientMs } from './fast-clock.ts'
import { lostAnswer, on, refusal, resetBeforeHeaders } from './faults.ts'
import type { DoubleOptions } from './images-api-double.ts'
import { createWorkbench, MiB, patternOf } from './workbench.ts'

/** An upload that was stopped after its first part, with its journal. */
async function prepare(options: DoubleOptions = {}) {
  const bench = await createWorkbench(options)
  const source = await bench.file('disk.img', patternOf(12 * MiB))
  const journalDirectory = join(bench.folder, 'journal')
  const killer = new AbortController()
  const upload = uploadImage(bench.client, {
    source,
    name: 'disk',
    journalDirectory,
    partSizeBytes: 5 * MiB,
    stallTimeoutMs: patientMs,
    signal: killer.signal,
    onEvent: (event) => event.type === 'part_confirmed' && killer.abort(),
  })
  await expect(upload).rejects.toMatchObject({ code: 'cancelled' })
  const [image] = [...bench.server.images.values()]
  return { ...bench, source, journalDirectory, imageId: image?.id ?? '' }
}

test('discards the image on the server and the record on this machine, and nothing else', async () => {
  const { client, server, journalDirectory, imageId } = await prepare()
  await writeFile(join(journalDirectory, 'note.txt'), 'not ours')
  await abortUpload(client, { image: imageId, journalDirectory })
  expect(server.images.size).toBe(0)
  expect(await readdir(journalDirectory)).toEqual(['note.txt'])
})

test('finds the image by its name as well, and needs no record', async () => {
  const { client, server } = await prepare()
  await abortUpload(client, { image: 'disk' })
  expect(server.images.size).toBe(0)
})

test.each([
  ['whose answer was lost', on('deleteImage', [1], lostAnswer)],
  ['that did not arrive', on('deleteImage', [1], resetBeforeHeaders)],
  ['that the server was too busy for', on('deleteImage', [1, 2], refusal(503))],
])('a deletion %s is repeated', async (_, fault) => {
  const { client, server, imageId, journalDirectory } = await prepare({ fault })
  await abortUpload(client, { image: imageId, journalDirectory })
  expect(server.images.size).toBe(0)
  expect(await readdir(journalDirectory)).toEqual([])
})

test('what was refused leaves the record where it is', async () => {
  const { client, imageId, journalDirectory } = await prepare({ fault: on('deleteImage', 'always', refusal(403)) })
  const abort = abortUpload(client, { image: imageId, journalDirectory })
  await expect(abort).rejects.toMatchObject({ name: 'ForbiddenError' })
  expect(await readdir(journalDirectory)).toHaveLength(1)
})

test('a completed image is not an upload to abort', async () => {
  const { client, server } = await createWorkbench()
  server.addCompleted('disk', Buffer.from('x'))
  await expect(abortUpload(client, { image: 'disk' })).rejects.toMatchObject({
    name: 'UsageError',
    code: 'not_uploadable',
  })
  expect(server.images.size).toBe(1)
})

test('an image that is not there is said to be so', async () => {
  const { client } = await createWorkbench()
  await expect(abortUpload(client, { image: 'disk' })).rejects.toMatchObject({ name: 'NotFoundError' })
})

test('an upload that is under way on this machine is not pulled away', async () => {
  const { client, source, journalDirectory, imageId, server } = await prepare()
  const started = Promise.withResolvers<void>()
  const options = { source, name: 'disk', journalDirectory, stallTimeoutMs: patientMs }
  const upload = uploadImage(client, { ...options, onEvent: () => started.resolve() })
  await started.promise
  const abort = abortUpload(client, { image: imageId, journalDirectory })
  await expect(abort).rejects.toMatchObject({ name: 'UploadLockedError' })
  await upload
  expect(server.images.get(imageId)?.status).toBe('completed')
})
