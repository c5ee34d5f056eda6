import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { apiAt } from '../api-at.ts'
import { runProxyCommand, type SpawnedProxy, spawnProxy } from '../spawned-proxy.ts'
import type { Api } from '../test-server.ts'
import { bytesOf, complete, createImage, downloadUrl, putPart, sha256Of, uploadImage } from '../uploading.ts'
import { type PublicApiDouble, startPublicApiDouble } from './public-api-double.ts'

let directory: string
let dataDir: string
let upstream: PublicApiDouble
let flags: string[]
const running: SpawnedProxy[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-front-'))
  dataDir = join(directory, 'data')
  upstream = await startPublicApiDouble()
  flags = ['--upstream-url', upstream.url, '--upstream-token', upstream.token, '--upstream-bytes', 'relay']
  flags.push('--upstream-storage-hosts', '127.0.0.1', '--upstream-allow-private', 'on', '--cache-size', '64MiB')
})
afterEach(async () => {
  for (const { child, exited } of running.splice(0)) {
    child.kill('SIGKILL')
    await exited
  }
  await upstream.stop()
  await rm(directory, { recursive: true, force: true })
})

async function start(extra: readonly string[] = []): Promise<{ proxy: SpawnedProxy; api: Api }> {
  const proxy = await spawnProxy(dataDir, [...flags, ...extra])
  running.push(proxy)
  const made = await runProxyCommand([
    'token',
    'create',
    '--data',
    dataDir,
    '--name',
    'test',
    '--role',
    'admin',
    '--quiet',
  ])
  return { proxy, api: apiAt(proxy.url, made.stdout.trim()) }
}

it('killed in the middle of a fill, it goes on with what it has and serves the right bytes', async () => {
  const image = bytesOf(24_000_000)
  const first = await start()
  const id = await uploadImage(first.api, [image])
  const url = await downloadUrl(first.api, id)
  // The storage sends half of it, then nothing.
  upstream.store.intercept = (request, response) => {
    if (request.method !== 'GET') return false
    response.writeHead(200, { 'content-length': image.length, etag: `"etag-${id}"` })
    response.write(image.subarray(0, 12_000_000))
    return true
  }
  const gone = fetch(url).then((response) => response.arrayBuffer())
  gone.catch(() => undefined)
  const begun = join(dataDir, 'cache', `${sha256Of(image)}.part`)
  await expect.poll(async () => (await stat(begun).catch(() => undefined))?.size ?? 0).toBeGreaterThan(10_000_000)
  first.proxy.child.kill('SIGKILL')
  await expect(gone).rejects.toThrow()

  upstream.store.intercept = undefined
  const second = await start()
  const bytes = new Uint8Array(await (await fetch(await downloadUrl(second.api, id))).arrayBuffer())
  expect(sha256Of(bytes)).toBe(sha256Of(image))
  expect(upstream.store.counts.sentBytes).toBeLessThan(image.length)
  await expect.poll(() => readdir(join(dataDir, 'cache'))).toEqual([`${sha256Of(image)}.img`])
})

it('killed in the middle of an upload, it still knows the parts, and verifies them at the end', async () => {
  const parts = [bytesOf(5_300_000, 1), bytesOf(5_300_000, 2), bytesOf(1000, 3)]
  const first = await start()
  const id = await createImage(first.api)
  for (const n of [1, 2]) expect((await putPart(first.api, id, n, parts[n - 1] as Buffer)).status).toBe(200)
  first.proxy.child.kill('SIGKILL')
  await first.proxy.exited

  const { api } = await start()
  const listed = (await api('GET', `/v2/images/${id}/parts`)).body.data
  expect(listed).toMatchObject([1, 2].map((n) => ({ part_id: n, sha256: sha256Of(parts[n - 1] as Buffer) })))
  await putPart(api, id, 3, parts[2] as Buffer)
  expect((await complete(api, id, 'a'.repeat(64))).status).toBe(400)
  expect((await complete(api, id, sha256Of(...parts))).body).toMatchObject({ sha256_verified: true })
  expect((await readdir(join(dataDir, 'relay', id)).catch(() => [])).length).toBe(0)
})

it('reads its profile again at SIGHUP, and keeps the old one when the new is not right', async () => {
  const profile = join(directory, 'profile.json')
  await writeFile(profile, '{"tokens": {"*": {"operations": ["getAccount"]}}}')
  const { proxy, api } = await start(['--upstream-profile', profile])
  const listStatus = async () => (await api('GET', '/v2/images')).status
  expect(await listStatus()).toBe(403)
  await writeFile(profile, '{"tokens": {}}')
  proxy.child.kill('SIGHUP')
  await expect.poll(listStatus).toBe(200)
  await writeFile(profile, '{"tokens": ')
  proxy.child.kill('SIGHUP')
  expect((await api('GET', '/v1/account/me')).status).toBe(200)
  expect(await listStatus()).toBe(200)
  proxy.child.kill('SIGTERM')
  expect(await proxy.exited).toBe(0)
})

it('stops at SIGTERM with a fill under way, without waiting for it', async () => {
  const image = bytesOf(8_000_000)
  const { proxy, api } = await start()
  const url = await downloadUrl(api, await uploadImage(api, [image]))
  upstream.store.intercept = (request, response) => {
    if (request.method !== 'GET') return false
    response.writeHead(200, { 'content-length': image.length }).write(image.subarray(0, 4_000_000))
    return true
  }
  await new Promise<void>((resolve) => {
    const reading = get(url, { agent: false }, (response) => {
      response.once('data', () => {
        reading.destroy()
        resolve()
      })
    })
  })
  proxy.child.kill('SIGTERM')
  const [code] = await once(proxy.child, 'exit')
  expect(code).toBe(0)
})

it.runIf(process.platform === 'linux')('leaves no file and no socket open after transfers that fail', async () => {
  const { proxy, api } = await start()
  const descriptorCount = async () => (await readdir(`/proc/${proxy.child.pid}/fd`)).length
  const image = bytesOf(6_000_000)
  await (await fetch(await downloadUrl(api, await uploadImage(api, [image])))).arrayBuffer()
  const before = await descriptorCount()
  upstream.store.intercept = (request) => {
    request.socket.destroy()
    return true
  }
  for (let round = 0; round < 6; round++) {
    const id = await createImage(api)
    expect((await putPart(api, id, 1, bytesOf(1_000_000))).status).toBe(503)
  }
  upstream.store.intercept = undefined
  // Idle connections of this test and to the upstream come and go.
  await expect.poll(descriptorCount, { timeout: 10_000 }).toBeLessThanOrEqual(before + 4)
  expect(await readdir(join(dataDir, 'relay')).then((names) => names.length)).toBeLessThanOrEqual(6)
})

it.each([
  [['--upstream-url', 'https://api.example'], '--upstream-token or SLIPWAY_UPSTREAM_TOKEN is required too'],
  [['--upstream-token', 'x'], '--upstream-url or SLIPWAY_UPSTREAM_URL is required too'],
  [['--upstream-url', 'https://u:p@api.example', '--upstream-token', 'x'], '--upstream-url must be the URL'],
  [['--cache-size', '1GiB'], 'needs an upstream whose bytes are relayed'],
  [['--upstream-storage-hosts', 'https://x/'], 'must be host names'],
])('refuses the settings %j in one line', async (args, message) => {
  const { code, stderr } = await runProxyCommand(['config', 'check', '--data', dataDir, ...args])
  expect(code).toBe(2)
  expect(stderr).toContain(message)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

it('has its profile checked with the configuration, and its token shown to nobody', async () => {
  const profile = join(directory, 'profile.json')
  const check = () => runProxyCommand(['config', 'check', '--data', dataDir, ...flags, '--upstream-profile', profile])
  await writeFile(profile, '{"tokens": {"ci": {"operations": ["createImags"]}}}')
  expect(await check()).toMatchObject({ code: 2, stderr: expect.stringContaining('tokens.ci.operations.0') })
  await writeFile(profile, '{"tokens": {"ci": {"operations": ["createImage"]}}}')
  const { code, stdout } = await check()
  expect(code).toBe(0)
  expect(stdout).not.toContain(upstream.token)
  expect(JSON.parse(stdout)).toMatchObject({ upstreamToken: '[redacted]', upstreamBytes: 'relay' })
})
