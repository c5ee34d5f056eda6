import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { apiAt } from '../api-at.ts'
import { runProxyCommand, type SpawnedProxy, spawnProxy } from '../spawned-proxy.ts'
import { onlyOn } from '../test-database.ts'
import { startTestServer } from '../test-server.ts'
import { bytesOf, complete, createImage, downloadUrl, partUrl, putPart, sha256Of, uploadImage } from '../uploading.ts'

let dataDir: string
let proxies: SpawnedProxy[]
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'slipway-proxy-'))
  proxies = []
})
afterEach(async () => {
  for (const { child, exited } of proxies) {
    child.kill('SIGKILL')
    await exited
  }
  await rm(dataDir, { recursive: true, force: true })
})

async function spawnHere(): Promise<SpawnedProxy> {
  const proxy = await spawnProxy(dataDir)
  proxies.push(proxy)
  return proxy
}

async function makeToken(...flags: string[]): Promise<string> {
  const args = ['token', 'create', '--data', dataDir, '--name', 'test', '--role', 'admin', '--quiet', ...flags]
  const { code, stdout, stderr } = await runProxyCommand(args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.trim()
}

describe('a killed server', () => {
  it('has every acknowledged part after its restart, and nothing of the others', async () => {
    const token = await makeToken()
    const first = await spawnHere()
    const api = apiAt(first.url, token)
    const id = await createImage(api, 'survivor')
    const parts = [bytesOf(6_000_000, 1), bytesOf(6_000_000, 2), bytesOf(6_000_000, 3)]
    await putPart(api, id, 1, parts[0] as Buffer)
    await putPart(api, id, 2, parts[1] as Buffer)
    const underWay = httpRequest(await partUrl(api, id, 3), { method: 'PUT', headers: { 'content-length': 6_000_000 } })
    const cut = new Promise<void>((resolve) => void underWay.on('error', () => resolve()))
    await new Promise<void>((resolve) => void underWay.write(parts[2]?.subarray(0, 5_000_000), () => resolve()))
    await expect
      .poll(async () => (await readdir(join(dataDir, 'blobs', id))).filter((name) => name.endsWith('.tmp')).length)
      .toBe(1)
    first.child.kill('SIGKILL')
    await Promise.all([first.exited, cut])

    const second = await spawnHere()
    const again = apiAt(second.url, token)
    const names = await readdir(join(dataDir, 'blobs', id))
    expect(names.map((name) => name.replace(/-.*\./, '.')).sort()).toEqual(['1.part', '2.part'])
    const { body } = await again('GET', `/v2/images/${id}/parts`)
    expect(body.data.map((part: { sha256: string }) => part.sha256)).toEqual(parts.slice(0, 2).map((p) => sha256Of(p)))
    await putPart(again, id, 3, parts[2] as Buffer)
    expect((await complete(again, id, sha256Of(...parts))).status).toBe(200)
    const bytes = new Uint8Array(await (await fetch(await downloadUrl(again, id))).arrayBuffer())
    expect(sha256Of(bytes)).toBe(sha256Of(...parts))
  })
})

describe('a stopped server', () => {
  it('finishes the upload in flight, takes no new one and exits with 0', async () => {
    const token = await makeToken()
    const proxy = await spawnHere()
    const api = apiAt(proxy.url, token)
    const id = await createImage(api)
    const bytes = bytesOf(2_000_000)
    const upload = httpRequest(await partUrl(api, id, 1), {
      method: 'PUT',
      headers: { 'content-length': bytes.length },
    })
    const answered = new Promise<number | undefined>((resolve, reject) => {
      upload.on('response', (response) => resolve(response.resume().statusCode))
      upload.on('error', reject)
    })
    await new Promise<void>((resolve) => void upload.write(bytes.subarray(0, 1_500_000), () => resolve()))
    await expect.poll(() => readdir(join(dataDir, 'blobs', id)).catch(() => [])).toHaveLength(1)
    proxy.child.kill('SIGTERM')
    await expect
      .poll(() =>
        fetch(`${proxy.url}/healthz`).then(
          () => 'served',
          () => 'refused',
        ),
      )
      .toBe('refused')
    upload.end(bytes.subarray(1_500_000))
    expect(await answered).toBe(200)
    expect(await proxy.exited).toBe(0)
  })

  it('keeps everything for the next start', async () => {
    const before = await startTestServer({ dataDir })
    const bytes = bytesOf(100_000)
    const id = await uploadImage(before.api, [bytes], 'kept')
    const url = new URL(await downloadUrl(before.api, id))
    await before.stop()
    const after = await startTestServer({ dataDir })
    try {
      expect((await after.api('GET', '/v2/images/kept')).body).toMatchObject({ id, upload_status: 'completed' })
      // Signed by a secret that the installation keeps: an URL in flight survives the restart.
      const response = await fetch(after.url + url.pathname + url.search)
      expect(sha256Of(new Uint8Array(await response.arrayBuffer()))).toBe(sha256Of(bytes))
    } finally {
      await after.stop()
    }
  })
})

describe('start-up', () => {
  it('removes orphans and leaves everything else alone', async () => {
    const before = await startTestServer({ dataDir })
    const id = await uploadImage(before.api, [bytesOf(10)])
    await before.stop()
    const [kept = ''] = await readdir(join(dataDir, 'blobs', id))
    for (const name of ['2-AAAAAAAAAAAA.part', '3-AAAAAAAAAAAA.tmp', 'notes.txt']) {
      await writeFile(join(dataDir, 'blobs', id, name), 'x')
    }
    const after = await startTestServer({ dataDir })
    await after.stop()
    expect((await readdir(join(dataDir, 'blobs', id))).sort()).toEqual([kept, 'notes.txt'].sort())
  })

  it('refuses a folder that another server serves, and a port in use, in one line', async () => {
    const proxy = await spawnHere()
    const locked = await runProxyCommand(['serve', '--data', dataDir, '--port', '0'])
    expect(locked.code).toBe(1)
    expect(locked.stderr).toMatch(/^slipway-proxy: another slipway-proxy is serving the data folder .*\n$/)
    const port = new URL(proxy.url).port
    const taken = await runProxyCommand(['serve', '--data', join(dataDir, 'other'), '--port', port])
    expect(taken.code).toBe(1)
    expect(taken.stderr).toMatch(/^slipway-proxy: port \d+ on 127\.0\.0\.1 is in use.*\n$/)
  })

  it.each([
    [['serve', '--data', '/dev/null/x'], 1, /the data folder .* cannot be made/],
    [['serve'], 2, /--data or SLIPWAY_DATA_DIR is required/],
    [['serve', '--data', 'x', '--port', '70000'], 2, /--port must be a port number/],
    [['serve', '--data', 'x', '--public-url', 'http://a/b'], 2, /--public-url must be a scheme and host/],
    [['serve', '--dtaa', 'x'], 2, /dtaa/],
    [['serve', '--data', 'x', '--data', 'y'], 2, /--data can be given once only/],
    [['fly'], 2, /fly/],
    [[], 2, /say what to do/],
    [['token'], 2, /say what to do/],
    [['token', 'create', '--data', 'x', '--name', 'a b', '--role', 'admin'], 2, /--name must be/],
    [['token', 'create', '--data', 'x', '--name', 'a', '--role', 'king'], 2, /role/],
    [['token', 'create', '--data', 'x', '--name', 'a', '--role', 'admin', '--expires-in', '0'], 2, /--expires-in/],
  ])('answers %j with exit code %i and one line', async (args, code, message) => {
    const result = await runProxyCommand(args, { SLIPWAY_DATA_DIR: undefined })
    expect(result.code).toBe(code)
    expect(result.stderr).toMatch(message)
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  onlyOn('sqlite', () => {
    it('keeps what it stores to its own user', async () => {
      const folder = join(dataDir, 'private')
      await runProxyCommand(['token', 'create', '--data', folder, '--name', 'a', '--role', 'reader'])
      for (const path of [folder, join(folder, 'slipway.db')]) expect((await stat(path)).mode & 0o077).toBe(0)
    })
  })

  it('names the variable that holds a bad setting', async () => {
    const result = await runProxyCommand(['serve', '--data', dataDir], { SLIPWAY_PORT: 'http' })
    expect(result.stderr).toBe('slipway-proxy: SLIPWAY_PORT must be a port number, 0 to 65535\n')
  })
})

describe('tokens on the host', () => {
  it('are made, listed and revoked beside a running server', async () => {
    const proxy = await spawnHere()
    const token = await makeToken()
    expect(token).toMatch(/^sk_live_[A-Za-z0-9_-]{43}$/)
    const api = apiAt(proxy.url, token)
    expect((await api('GET', '/v1/account/me')).body).toMatchObject({ id: 'local', role: 'admin' })
    const listed = await runProxyCommand(['token', 'list', '--data', dataDir, '--json'])
    expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'test', role: 'admin', state: 'valid' }])
    expect(listed.stdout).not.toContain(token)
    expect((await runProxyCommand(['token', 'revoke', 'test', '--data', dataDir])).code).toBe(0)
    expect((await api('GET', '/v1/account/me')).status).toBe(401)
    expect((await runProxyCommand(['token', 'revoke', 'test', '--data', dataDir])).code).toBe(1)
  })

  it('can be of an account of their own, which sees nothing of the others', async () => {
    const proxy = await spawnHere()
    const make = async (account: string) => {
      const flags = ['--data', dataDir, '--name', 'x', '--role', 'admin', '--account', account, '--quiet']
      return await runProxyCommand(['token', 'create', ...flags])
    }
    const acme = apiAt(proxy.url, (await make('acme')).stdout.trim())
    expect((await acme('GET', '/v1/account/me')).body).toMatchObject({ id: 'acme' })
    const created = await acme('POST', '/v2/images', { workspace: 'sfc:workspace:acme:default', name: 'x' })
    expect(created.status).toBe(201)
    const local = apiAt(proxy.url, await makeToken())
    expect((await local('GET', `/v2/images/${created.body.id}`)).status).toBe(404)
    const refused = await make('no spaces')
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.stderr).toMatch(/^slipway-proxy: --account .+\n$/)
  })

  it('are made by the quickstart on its first start only', async () => {
    const startOnce = async () => {
      const proxy = await spawnProxy(dataDir, ['--quickstart'])
      proxies.push(proxy)
      proxy.child.kill('SIGTERM')
      expect(await proxy.exited).toBe(0)
    }
    await startOnce()
    const first = await runProxyCommand(['token', 'list', '--data', dataDir, '--json'])
    await startOnce()
    const second = await runProxyCommand(['token', 'list', '--data', dataDir, '--json'])
    expect(JSON.parse(first.stdout)).toMatchObject([{ name: 'quickstart', role: 'admin', expires_at: null }])
    expect(second.stdout).toBe(first.stdout)
  })
})
