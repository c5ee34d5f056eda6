import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { contract } from '@slipway/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ServeConfig } from '../../src/config-schema.ts'
import { runProxyCommand } from '../spawned-proxy.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { bytesOf, createImage, downloadUrl, partUrl, putPart, uploadImage } from '../uploading.ts'

const running: TestServer[] = []
async function start(config: Partial<ServeConfig> = {}): Promise<TestServer> {
  const server = await startTestServer({ config })
  running.push(server)
  return server
}
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
})

describe('/metrics', () => {
  it('tells requests, bytes, uploads by state, hash lag, queue and room', async () => {
    const server = await start()
    const id = await uploadImage(server.api, [bytesOf(1000)])
    await createImage(server.api)
    await (await fetch(await downloadUrl(server.api, id))).arrayBuffer()
    const response = await fetch(`${server.url}/metrics`)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const text = await response.text()
    for (const line of [
      'slipway_http_requests_total{method="POST",route="createImage",status="201"} 2',
      'slipway_http_requests_total{method="PUT",route="bytes",status="200"} 1',
      'slipway_received_bytes_total 1000',
      'slipway_sent_bytes_total 1000',
      'slipway_images{status="completed"} 1',
      'slipway_images{status="started"} 1',
      'slipway_images{status="failed"} 0',
      'slipway_uploads_active 0',
      'slipway_hash_lag_bytes 0',
    ]) {
      expect(text).toContain(`${line}\n`)
    }
    expect(text).toMatch(/slipway_storage_free_bytes [1-9]/)
    expect(text).toMatch(/process_resident_memory_bytes [1-9]/)
  })

  it('has a token and a switch of its own', async () => {
    const metricsToken = 'scrape-me-scrape-me'
    const guarded = await start({ metricsToken })
    const scrape = (authorization?: string) =>
      fetch(`${guarded.url}/metrics`, authorization === undefined ? {} : { headers: { authorization } })
    expect((await scrape()).status).toBe(401)
    expect((await scrape('Bearer wrong')).status).toBe(401)
    expect((await scrape(`Bearer ${metricsToken}`)).status).toBe(200)
    expect(guarded.logText()).not.toContain(metricsToken)
    const off = await start({ metrics: false })
    expect((await fetch(`${off.url}/metrics`)).status).toBe(404)
  })
})

describe('the reference', () => {
  it('is served as OpenAPI and as a page that loads nothing', async () => {
    const server = await start()
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as { openapi: string; paths: object }
    expect(document.openapi).toBe('3.1.0')
    const page = await fetch(`${server.url}/reference`)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const html = await page.text()
    for (const { path } of Object.values(contract)) {
      expect(document.paths).toHaveProperty([path])
      expect(html).toContain(path)
    }
    expect(html).not.toMatch(/<script|src=|<link/)
    expect((await fetch(`${server.url}/openapi.json`, { method: 'POST' })).status).toBe(405)
  })
})

describe('CORS', () => {
  it('is off unless configured', async () => {
    const server = await start()
    const response = await fetch(`${server.url}/healthz`, { headers: { origin: 'https://app.example' } })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('lets configured origins call every route and read what they need', async () => {
    const server = await start({ corsOrigins: ['https://app.example'] })
    const origin = 'https://app.example'
    const preflight = await fetch(`${server.url}/v2/images`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization')
    const url = await partUrl(server.api, await createImage(server.api), 1)
    const put = await fetch(url, { method: 'PUT', body: 'x', headers: { origin } })
    expect(put.headers.get('access-control-allow-origin')).toBe(origin)
    expect(put.headers.get('access-control-expose-headers')).toContain('ETag')
    const authorization = `Bearer ${await server.token()}`
    const list = await fetch(`${server.url}/v2/images`, { headers: { origin, authorization } })
    expect(Object.fromEntries(list.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      vary: 'Origin',
      'content-type': 'application/json',
      'x-request-id': expect.any(String),
    })
    const other = await fetch(`${server.url}/v2/images`, { headers: { origin: 'https://evil.example' } })
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
    expect(other.headers.get('vary')).toBe('Origin')
  })
})

describe('slow clients', () => {
  /** What the server sends until it hangs up. */
  const conversation = async (server: TestServer, talk: (send: (text: string) => void) => () => void) => {
    const socket = connect({ host: '127.0.0.1', port: new URL(server.url).port as unknown as number })
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk
    })
    socket.on('error', () => undefined)
    const stop = talk((text) => socket.write(text))
    await once(socket, 'close')
    stop()
    return received
  }

  it('that drip a head are cut', async () => {
    const server = await start({ headersTimeoutMs: 1000 })
    const received = await conversation(server, (send) => {
      send('GET /healthz HTTP/1.1\r\nHost: a\r\nX-Drip: ')
      const drip = setInterval(() => send('x'), 50)
      return () => clearInterval(drip)
    })
    expect(received).toMatch(/^HTTP\/1\.1 408 /)
    expect(received).toContain('"request_timed_out"')
  })

  it('that stop in the middle of a part are cut, and leave nothing', async () => {
    const server = await start({ idleTimeoutMs: 1000 })
    const id = await createImage(server.api)
    const { pathname, search } = new URL(await partUrl(server.api, id, 1))
    await conversation(server, (send) => {
      send(`PUT ${pathname}${search} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nsome`)
      return () => undefined
    })
    expect((await server.api('GET', `/v2/images/${id}/parts`)).body.data).toEqual([])
  })

  it('that make progress, however little, are heard out', async () => {
    const server = await start({ idleTimeoutMs: 1000 })
    const id = await createImage(server.api)
    const { pathname, search } = new URL(await partUrl(server.api, id, 1))
    const sizeBytes = 8
    const received = await conversation(server, (send) => {
      send(`PUT ${pathname}${search} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${sizeBytes}\r\n\r\n`)
      let sentBytes = 0
      const drip = setInterval(() => sentBytes++ < sizeBytes && send('x'), 300)
      return () => clearInterval(drip)
    })
    expect(received).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('TLS and the configuration', () => {
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-tls-'))
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  it('serves the API and bytes over TLS, with URLs that say so', async () => {
    const [tlsCertPath, tlsKeyPath] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
    makeCertificate({ name: 'localhost', tlsCertPath, tlsKeyPath })
    const server = await start({ tlsCertPath, tlsKeyPath })
    expect(server.url).toMatch(/^https:/)
    const token = await server.token()
    const send = (method: string, url: string, body?: string) =>
      new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
        const request = httpsRequest(url, { method, headers, rejectUnauthorized: false }, (response) => {
          let text = ''
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () => resolve({ status: response.statusCode, text }))
        })
        request.on('error', reject)
        request.end(body)
      })
    const created = await send('POST', `${server.url}/v2/images`, '{"workspace":"sfc:workspace:local:default"}')
    const { id } = JSON.parse(created.text)
    const { url } = JSON.parse((await send('POST', `${server.url}/v2/images/${id}/parts`, '{"part_id":1}')).text)
    expect(url).toMatch(/^https:/)
    expect((await send('PUT', url, 'bytes')).status).toBe(200)
  })

  it('uses a renewed certificate for new connections, and keeps the old one while the new is unusable', async () => {
    const [tlsCertPath, tlsKeyPath] = [join(directory, 'renewed.pem'), join(directory, 'renewed-key.pem')]
    makeCertificate({ name: 'old.example', tlsCertPath, tlsKeyPath })
    const server = await start({ tlsCertPath, tlsKeyPath })
    expect(await commonNameOf(server.url)).toBe('old.example')
    makeCertificate({ name: 'new.example', tlsCertPath, tlsKeyPath })
    server.server.reloadCertificate()
    expect(await commonNameOf(server.url)).toBe('new.example')
    await writeFile(tlsCertPath, 'no certificate')
    expect(() => server.server.reloadCertificate()).toThrow(/no pair of certificate and key/)
    expect(await commonNameOf(server.url)).toBe('new.example')
  })

  it('is checked from the command line, in one line when it is wrong', async () => {
    const path = join(directory, 'config.json')
    await writeFile(path, JSON.stringify({ data: directory, port: 0, 'metrics-token': 'planted-secret-value' }))
    const good = await runProxyCommand(['config', 'check', '--config', path])
    expect(good).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(good.stdout)).toMatchObject({ dataDir: directory, port: 0, metricsToken: '[redacted]' })
    expect(await runProxyCommand(['config', 'check', '--port', 'x', '--data', directory])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'slipway-proxy: --port must be a port number, 0 to 65535\n',
    })
    const flags = ['--tls-cert', path, '--tls-key', path, '--log-level', 'silent', '--config', path]
    for (const command of [['serve'], ['config', 'check']]) {
      const wrong = await runProxyCommand([...command, ...flags])
      expect(wrong).toMatchObject({ code: 2, stdout: '' })
      expect(wrong.stderr).toMatch(/^slipway-proxy: --tls-cert and --tls-key are no pair/)
    }
  })

  it('stops over TLS although somebody has connected and says nothing', async () => {
    const [tlsCertPath, tlsKeyPath] = [join(directory, 'silent.pem'), join(directory, 'silent-key.pem')]
    makeCertificate({ name: 'localhost', tlsCertPath, tlsKeyPath })
    const server = await start({ tlsCertPath, tlsKeyPath })
    const port = Number(new URL(server.url).port)
    const bare = connect(port, '127.0.0.1')
    const secure = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
    for (const socket of [bare, secure]) socket.on('error', () => undefined)
    await Promise.all([once(bare, 'connect'), once(secure, 'secureConnect')])
    const closed = [once(bare, 'close'), once(secure, 'close')]
    // Longer than a test may take.
    await server.server.stop({ graceMs: 600_000 })
    await Promise.all(closed)
  })

  it.each([['audit'], ['token', 'list'], ['token', 'revoke', 'ci'], ['keys', 'list'], ['scrub'], ['backup', 'copy']])(
    'is not begun by %s %s: a folder that is not there is mistyped',
    async (...command) => {
      const data = join(directory, 'mistyped')
      const answer = await runProxyCommand([...command, '--database-url', 'sqlite:', '--data', data])
      expect(answer).toMatchObject({ code: 1, stdout: '' })
      expect(answer.stderr).toContain(`there is no installation in ${data}`)
      expect(existsSync(data)).toBe(false)
    },
  )

  it('rotates and lists the signing keys from the host', async () => {
    const server = await start()
    const data = ['--data', server.dataDir]
    expect(await runProxyCommand(['keys', 'rotate', ...data])).toMatchObject({ code: 0, stderr: '' })
    const listed = await runProxyCommand(['keys', 'list', '--json', ...data])
    expect(JSON.parse(listed.stdout).map(({ state }: { state: string }) => state)).toEqual(['signing', 'verifying'])
    await server.deps.keyring.refresh()
    const id = await createImage(server.api)
    expect((await putPart(server.api, id, 1, bytesOf(10))).status).toBe(200)
  })
})

function makeCertificate({ name, tlsCertPath, tlsKeyPath }: { name: string; tlsCertPath: string; tlsKeyPath: string }) {
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1']
  const files = ['-keyout', tlsKeyPath, '-out', tlsCertPath]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, ...files], { stdio: 'ignore' })
}

async function commonNameOf(url: string): Promise<string | undefined> {
  const { hostname, port } = new URL(url)
  const socket = connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { CN } = socket.getPeerCertificate().subject
  socket.destroy()
  return CN as string | undefined
}
