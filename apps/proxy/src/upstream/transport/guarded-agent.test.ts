import type { lookup } from 'node:dns'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createGuardedAgent } from './guarded-agent.ts'

let server: Server
let port: number
let hits = 0
beforeAll(async () => {
  server = createServer((_, response) => {
    hits++
    response.end('reached')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

/** Resolves every name to one address, as somebody does who owns the name. */
const resolvingTo = (address: string) =>
  ((_: string, __: object, callback: (error: null, addresses: object[]) => void) =>
    callback(null, [{ address, family: 4 }])) as unknown as typeof lookup

const reach = async (
  url: string,
  options: { trustedOrigin?: string; allowPrivate?: boolean; address?: string } = {},
) => {
  const { trustedOrigin = 'https://api.example', allowPrivate = false, address = '127.0.0.1' } = options
  const limits = { connectTimeoutMs: 2000, maxConnections: 1 }
  const dispatcher = createGuardedAgent({ trustedOrigin, allowPrivate, lookup: resolvingTo(address), ...limits })
  try {
    const { body } = await request(url, { dispatcher })
    return await body.text()
  } catch (error) {
    return (error as { code?: string }).code
  } finally {
    await dispatcher.destroy()
  }
}

it('does not connect to a private address, however it is written or named', async () => {
  const before = hits
  for (const host of ['127.0.0.1', 'storage.example', 'localhost', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433']) {
    expect(await reach(`http://${host}:${port}/`)).toBe('FORBIDDEN_ADDRESS')
  }
  expect(await reach('http://169.254.169.254/latest')).toBe('FORBIDDEN_ADDRESS')
  expect(hits).toBe(before)
})

it('connects where the operator said so: to the upstream itself, and anywhere when allowed', async () => {
  expect(await reach(`http://127.0.0.1:${port}/`, { trustedOrigin: `http://127.0.0.1:${port}` })).toBe('reached')
  expect(await reach(`http://storage.example:${port}/`, { allowPrivate: true })).not.toBe('FORBIDDEN_ADDRESS')
  expect(await reach(`http://127.0.0.1:${port}/`, { allowPrivate: true })).toBe('reached')
})

it('trusts the upstream by its whole origin, not by its host', async () => {
  expect(await reach(`http://127.0.0.1:${port}/`, { trustedOrigin: 'http://127.0.0.1:1' })).toBe('FORBIDDEN_ADDRESS')
})
