import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createClient, uploadImage } from '../src/index.ts'
import { type ImagesApiDouble, startImagesApiDouble } from './images-api-double.ts'

const MiB = 1024 * 1024
let folder: string
let server: ImagesApiDouble

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-sdk-'))
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

test('a file arrives byte for byte, in as many parts as planned', async () => {
  server = await startImagesApiDouble()
  const bytes = randomBytes(23 * MiB + 17)
  const source = join(folder, 'disk.img')
  await writeFile(source, bytes)
  const client = createClient({ apiUrl: server.url, token: 'sk_live_double' })
  const result = await uploadImage(client, { source, name: 'disk', partSizeBytes: 5 * MiB })
  const image = server.images.get(result.image.id)
  expect(image && server.bytesOf(image).equals(bytes)).toBe(true)
  expect(result.partCount).toBe(5)
  expect(result.image.uploadStatus).toBe('completed')
  await client.close()
})
