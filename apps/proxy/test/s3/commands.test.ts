import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { objectKeyOf } from '../../src/storage/s3/object-key.ts'
import { createS3ObjectStore } from '../../src/storage/s3/s3-object-store.ts'
import type { S3Location } from '../../src/storage/storage-url.ts'
import { runProxyCommand } from '../spawned-proxy.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { bytesOf, sha256Of, uploadImage } from '../uploading.ts'

let server: TestServer
let directory: string
let location: S3Location
beforeAll(async () => {
  server = await startTestServer({ config: { verify: 'off' } })
  location = server.deps.config.storageUrl as S3Location
  directory = await mkdtemp(join(tmpdir(), 'slipway-commands-'))
})
afterAll(async () => {
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

const command = (...args: string[]) =>
  runProxyCommand([...args, '--data', server.dataDir], { SLIPWAY_STORAGE_URL: location.url })

describe('scrub and export on an object store', () => {
  it('read images from the store, and find those that are gone or changed', async () => {
    const parts = [bytesOf(5_300_000, 1), bytesOf(1000, 2)]
    const id = await uploadImage(server.api, parts, 'kept')
    const lost = await uploadImage(server.api, [bytesOf(10)], 'lost')
    expect(await command('scrub')).toMatchObject({ code: 0, stderr: '' })
    const path = join(directory, 'kept.img')
    expect(await command('export', 'kept', path)).toMatchObject({ code: 0, stderr: '' })
    expect(sha256Of(await readFile(path))).toBe(sha256Of(...parts))

    const store = createS3ObjectStore(location)
    await store.remove(objectKeyOf(location, lost))
    store.close()
    const { code, stdout } = await command('scrub')
    expect({
      code,
      stdout: stdout
        .replace(/ {2}default.*/g, '')
        .split('\n')
        .toSorted(),
    }).toEqual({
      code: 1,
      stdout: ['', `damaged  ${lost}`, `ok       ${id}`],
    })
  })

  it('take a store that cannot be reached for that, and no image for damaged', async () => {
    const down = { SLIPWAY_STORAGE_URL: 's3://slipway-test?endpoint=http://127.0.0.1:9' }
    const { code, stdout, stderr } = await runProxyCommand(['scrub', '--mark-failed', '--data', server.dataDir], down)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^slipway-proxy: the object store cannot be reached.*\n$/)
  })
})

describe('serve', () => {
  it.each([
    ['a bucket that is not there', 's3://slipway-none', {}, /has no such bucket/],
    [
      'credentials that the store does not know',
      's3://slipway-test',
      { AWS_ACCESS_KEY_ID: 'x' },
      /refuses the credentials/,
    ],
  ])('refuses %s at the start, in one line', async (_, url, env, message) => {
    const storageUrl = `${url}?endpoint=${location.endpoint}`
    const args = ['serve', '--data', join(directory, 'data'), '--port', '0', '--storage-url', storageUrl]
    const { code, stderr } = await runProxyCommand(args, env)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})

// Swift has no lifecycle rules.
describe.runIf(process.env.SLIPWAY_TEST_S3_ENGINE !== 'swift')('storage lifecycle', () => {
  it('prints the rule and sets it, as often as it is told to', async () => {
    const { code, stdout } = await command('storage', 'lifecycle')
    expect(code).toBe(0)
    expect(JSON.parse(stdout).Rules).toMatchObject([
      { Filter: { Prefix: `${location.prefix}/images/` }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 30 } },
    ])
    for (const days of ['30', '40']) {
      expect(await command('storage', 'lifecycle', '--apply', '--days', days)).toMatchObject({ code: 0, stderr: '' })
    }
    expect(await command('storage', 'lifecycle', '--days', '7')).toMatchObject({ code: 2, stdout: '' })
  })
})
