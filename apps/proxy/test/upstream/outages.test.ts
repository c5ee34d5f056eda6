import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bytesOf, complete, createImage, downloadUrl, partUrl, putPart, sha256Of, uploadImage } from '../uploading.ts'
import { codeOf, type FrontDoor, outcome, startFrontDoor } from './front-door.ts'

let door: FrontDoor
beforeEach(async () => {
  door = await startFrontDoor({ cacheBytes: 64 * 1024 * 1024, upstreamTimeoutMs: 1000 })
})
afterEach(() => door.stop())

const list = () => door.server.api('GET', '/v2/images')
const put = (url: string, bytes: Uint8Array) => fetch(url, { method: 'PUT', body: Uint8Array.from(bytes) })
const answerWith = (status: number, body: string, headers: Record<string, string> = {}) => {
  door.upstream.intercept = (_, response) => {
    response.writeHead(status, headers).end(body)
    return true
  }
}

describe("the upstream's API", () => {
  it('that fails is left alone after a while, and asked again after a cool-down', async () => {
    const { server, upstream } = door
    await list()
    answerWith(500, JSON.stringify({ error: { type: 'api_error', message: 'our disk is on fire' } }))
    for (let i = 0; i < 5; i++) {
      const answer = await list()
      expect({ status: answer.status, words: answer.body.error.message }).toEqual({
        status: 500,
        words: 'our disk is on fire',
      })
    }
    const before = upstream.requests.length
    const open = await list()
    expect(outcome(open)).toBe('503 upstream_unavailable')
    expect(Number(open.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(upstream.requests.length).toBe(before)
    upstream.intercept = undefined
    server.clock.offsetMs += 2001
    expect((await list()).status).toBe(200)
    expect((await list()).status).toBe(200)
    await expect.poll(() => server.logText()).toContain('"state":"closed"')
  })

  it('that asks for a pause gets one', async () => {
    const { server, upstream } = door
    await list()
    answerWith(429, JSON.stringify({ error: { type: 'service_unavailable', message: 'slower' } }), {
      'retry-after': '7',
    })
    const limited = await list()
    expect({ status: limited.status, after: limited.headers.get('retry-after') }).toEqual({ status: 429, after: '7' })
    upstream.intercept = undefined
    const before = upstream.requests.length
    const paused = await list()
    expect(outcome(paused)).toBe('503 upstream_unavailable')
    expect(Number(paused.headers.get('retry-after'))).toBeGreaterThan(4)
    expect(upstream.requests.length).toBe(before)
    server.clock.offsetMs += 7000
    expect((await list()).status).toBe(200)
  })

  it.each([
    ['is no JSON', 200, '<html>welcome to the captive portal</html>'],
    ['is of another shape', 200, '{"images": 3}'],
    ['is a redirect', 302, ''],
    ['is a page of a balancer', 502, '<html>bad gateway</html>'],
  ])('whose answer %s makes a 502', async (_, status, body) => {
    answerWith(status, body, { location: 'http://169.254.169.254/' })
    const answer = await list()
    expect(answer.status).toBe(502)
    expect(answer.body.error.type).toBe('service_unavailable')
  })

  it('that is silent makes a 504, and one that hangs up or is gone a 503', async () => {
    const { upstream } = door
    upstream.intercept = () => true
    expect(outcome(await list())).toBe('504 upstream_timeout')
    upstream.intercept = (request) => {
      request.socket.destroy()
      return true
    }
    expect(outcome(await list())).toBe('503 upstream_unavailable')
  })
})

describe('connections to the upstream', () => {
  it('are kept and used again, and no more are made than requests may run at once', async () => {
    const limited = await startFrontDoor({ upstreamConcurrency: 2 })
    try {
      const { server, upstream } = limited
      for (let i = 0; i < 10; i++) expect((await server.api('GET', '/v2/images')).status).toBe(200)
      expect(upstream.connectionCount).toBe(1)
      const crowd = await Promise.all(Array.from({ length: 15 }, () => server.api('GET', '/v2/images')))
      expect(new Set(crowd.map(({ status }) => status))).toEqual(new Set([200]))
      expect(upstream.connectionCount).toBeLessThanOrEqual(2)
      upstream.intercept = () => true
      const waiting = await Promise.all(Array.from({ length: 25 }, () => server.api('GET', '/v2/images')))
      const outcomes = waiting.map(outcome)
      expect(outcomes.filter((text) => text === '503 upstream_unavailable').length).toBeGreaterThanOrEqual(7)
      expect(new Set(outcomes)).toEqual(new Set(['503 upstream_unavailable', '504 upstream_timeout']))
    } finally {
      await limited.stop()
    }
  })
})

describe("the upstream's storage", () => {
  const part = bytesOf(3_000_000)

  it('that refuses its own URL is asked for another one when the part comes again', async () => {
    const { server, upstream } = door
    const id = await createImage(server.api)
    const url = await partUrl(server.api, id, 1)
    let refusals = 0
    upstream.store.intercept = (request, response) => {
      if (request.method !== 'PUT' || refusals > 0) return false
      refusals++
      response.writeHead(403, { connection: 'close' }).end('<Error><Code>AccessDenied</Code></Error>')
      return true
    }
    const refused = await put(url, part)
    expect({ code: await codeOf(refused), after: refused.headers.get('retry-after') }).toEqual({
      code: '503 upstream_unavailable',
      after: '1',
    })
    expect((await put(url, part)).status).toBe(200)
    expect((await complete(server.api, id, sha256Of(part))).body).toMatchObject({ sha256_verified: true })
  })

  it.each<
    [
      string,
      (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void,
      string,
    ]
  >([
    [
      'dies in the middle of a part',
      (request) => void request.once('data', () => request.socket.destroy()),
      '503 upstream_unavailable',
    ],
    ['stops taking bytes', (request) => void request.pause(), '504 upstream_timeout'],
    [
      'fails',
      (_, response) => void response.writeHead(500, { connection: 'close' }).end('no'),
      '503 upstream_unavailable',
    ],
    [
      'says 200 and then tells of an error',
      (request, response) =>
        void request
          .resume()
          .once('end', () => response.writeHead(200).end('<Error><Code>InternalError</Code></Error>')),
      '503 upstream_unavailable',
    ],
    ['answers before it has the part', (_, response) => void response.writeHead(200).end(), '503 upstream_unavailable'],
  ])('that %s makes a part that can be sent again, and acknowledges nothing', async (_, misbehave, expected) => {
    const { server, upstream } = door
    const id = await createImage(server.api)
    const url = await partUrl(server.api, id, 1)
    const large = bytesOf(20_000_000)
    upstream.store.intercept = (request, response) => {
      if (request.method === 'PUT') misbehave(request, response)
      return request.method === 'PUT'
    }
    expect(await codeOf(await put(url, large))).toBe(expected)
    expect((await server.api('GET', `/v2/images/${id}/parts`)).body.data).toEqual([])
    upstream.store.intercept = undefined
    expect((await put(url, part)).status).toBe(200)
    expect((await complete(server.api, id, sha256Of(part))).status).toBe(200)
  })

  it('that is on a host nobody allowed, or at a private address, is not gone to', async () => {
    for (const config of [{ upstreamStorageHosts: [] }, { upstreamAllowPrivate: false }]) {
      const other = await startFrontDoor(config)
      try {
        const { server, upstream } = other
        const id = await createImage(server.api)
        const refused = await put(await partUrl(server.api, id, 1), part)
        expect(refused.status).toBe(502)
        expect(await refused.text()).toContain('the operator can allow it with --upstream-')
        expect(upstream.store.counts.puts).toBe(0)
      } finally {
        await other.stop()
      }
    }
  })
})

describe('a download', () => {
  const image = bytesOf(9_000_000)
  const upload = () => uploadImage(door.server.api, [image.subarray(0, 6_000_000), image.subarray(6_000_000)])
  const read = async (url: string, init: RequestInit = {}) =>
    new Uint8Array(await (await fetch(url, init)).arrayBuffer())

  it('of many at once is one fetch, all of them right, ranges included', async () => {
    const { server, upstream } = door
    const url = await downloadUrl(server.api, await upload())
    const ranged = read(url, { headers: { range: 'bytes=8000000-8999999' } })
    const wholes = await Promise.all(Array.from({ length: 20 }, () => read(url)))
    for (const whole of wholes) expect(sha256Of(whole)).toBe(sha256Of(image))
    expect(sha256Of(await ranged)).toBe(sha256Of(image.subarray(8_000_000)))
    expect(upstream.store.counts.gets).toBe(1)
    expect(server.deps.upstream?.cache?.usage()).toMatchObject({ readerCount: 0, fillCount: 0 })
  })

  it('goes on where the storage broke off', async () => {
    const { server, upstream } = door
    const id = await upload()
    const url = await downloadUrl(server.api, id)
    let breaks = 0
    upstream.store.intercept = (request, response) => {
      if (request.method !== 'GET' || breaks > 0) return false
      breaks++
      response.writeHead(200, { 'content-length': image.length, etag: `"etag-${id}"` })
      response.write(image.subarray(0, 4_000_000), () => response.destroy())
      return true
    }
    expect(sha256Of(await read(url))).toBe(sha256Of(image))
    expect(upstream.store.counts.gets).toBe(1)
    expect(upstream.store.counts.sentBytes).toBeLessThan(image.length)
  })

  it('of other bytes than declared is cut before its end, for every reader', async () => {
    const { server, upstream } = door
    const id = await upload()
    const url = await downloadUrl(server.api, id)
    upstream.store.parts.get(id)?.set(2, bytesOf(3_000_000, 77))
    const outcomes = await Promise.allSettled([read(url), read(url), read(url, { headers: { range: 'bytes=-10' } })])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', expect.anything()])
    expect((await fetch(url)).status).toBe(502)
  })

  it('is served from the cache while the upstream is away, by id and by name', async () => {
    const { server, upstream } = door
    const id = await upload()
    const { body: named } = await server.api('GET', `/v2/images/${id}`)
    await read(await downloadUrl(server.api, id))
    upstream.intercept = (request) => {
      request.socket.destroy()
      return true
    }
    server.clock.offsetMs += 60_000
    for (const ref of [id, named.resource_path]) {
      expect(sha256Of(await read(await downloadUrl(server.api, ref)))).toBe(sha256Of(image))
    }
    const other = await createImage(server.api).catch((error: Error) => error.message)
    expect(other).toContain('upstream_unavailable')
  })

  it('ends when the image is revoked, whoever revoked it', async () => {
    const { server, upstream } = door
    const id = await upload()
    const url = await downloadUrl(server.api, id)
    await read(url)
    await fetch(`${upstream.url}/v2/images/${id}/revoke`, {
      method: 'POST',
      headers: { authorization: `Bearer ${upstream.token}` },
    })
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200)
    server.clock.offsetMs += 15_001
    expect(await codeOf(await fetch(url))).toBe('409 not_completed')
    await server.api('POST', `/v2/images/${id}/reinstate`)
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200)
    await server.api('POST', `/v2/images/${id}/revoke`)
    expect(await codeOf(await fetch(url))).toBe('409 not_completed')
  })

  it('goes past the cache when that has no room', async () => {
    const small = await startFrontDoor({ cacheBytes: 1000 })
    try {
      const id = await uploadImage(small.server.api, [image])
      const url = await downloadUrl(small.server.api, id)
      expect(sha256Of(await read(url))).toBe(sha256Of(image))
      expect(sha256Of(await read(url, { headers: { range: 'bytes=5-99999' } }))).toBe(
        sha256Of(image.subarray(5, 100_000)),
      )
      expect(small.upstream.store.counts.gets).toBe(2)
    } finally {
      await small.stop()
    }
  })

  it('that readers give up leaves neither connections nor readers behind', async () => {
    const { server, upstream } = door
    const url = await downloadUrl(server.api, await upload())
    for (let i = 0; i < 10; i++) {
      const reader = (await fetch(url)).body?.getReader()
      await reader?.read()
      await reader?.cancel()
    }
    await expect.poll(() => server.deps.upstream?.cache?.usage().readerCount).toBe(0)
    await expect.poll(() => upstream.store.counts.activeGets).toBe(0)
  })
})

describe('a relayed upload', () => {
  it('is verified by this server before the upstream completes it, and resumes by the list of parts', async () => {
    const { server, upstream } = door
    const parts = [bytesOf(5_300_000, 1), bytesOf(5_300_000, 2), bytesOf(100, 3)]
    const id = await createImage(server.api)
    for (const n of [3, 1]) await putPart(server.api, id, n, parts[n - 1] as Buffer)
    const listed = (await server.api('GET', `/v2/images/${id}/parts`)).body.data
    expect(listed).toMatchObject([
      { part_id: 1, size: 5_300_000, sha256: sha256Of(parts[0] as Buffer) },
      { part_id: 3, size: 100, sha256: sha256Of(parts[2] as Buffer) },
    ])
    await putPart(server.api, id, 2, bytesOf(5_300_000, 9))
    const wrong = await complete(server.api, id, sha256Of(...parts))
    expect(outcome(wrong)).toBe('400 digest_mismatch')
    expect(upstream.requests.some(({ path }) => path.endsWith('/complete'))).toBe(false)
    await putPart(server.api, id, 2, parts[1] as Buffer)
    expect((await complete(server.api, id, sha256Of(...parts))).body).toMatchObject({ sha256_verified: true })
    expect((await server.api('GET', `/v2/images/${id}`)).body).toMatchObject({ sha256_verified: true })
    expect((await complete(server.api, id, sha256Of(...parts))).status).toBe(200)
  })

  it('whose completion was lost on its way can be completed again', async () => {
    const { server, upstream } = door
    const id = await createImage(server.api)
    await putPart(server.api, id, 1, bytesOf(1000))
    upstream.intercept = (request, response) => {
      if (!request.url?.endsWith('/complete')) return false
      upstream.intercept = undefined
      response.socket?.destroy()
      return true
    }
    expect((await complete(server.api, id, sha256Of(bytesOf(1000)))).status).toBe(503)
    expect((await complete(server.api, id, sha256Of(bytesOf(1000)))).body).toMatchObject({ sha256_verified: true })
  })

  it('wants to know the length of a part, as the upstream does', async () => {
    const { server } = door
    const url = await partUrl(server.api, await createImage(server.api), 1)
    const init = { method: 'PUT', body: new Blob(['chunked']).stream(), duplex: 'half' } as RequestInit
    expect(await codeOf(await fetch(url, init))).toBe('411 length_required')
  })
})
