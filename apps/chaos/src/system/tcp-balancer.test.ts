import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startTcpBalancer, type TcpBalancer } from './tcp-balancer.ts'

const servers: Server[] = []
let balancer: TcpBalancer
afterEach(async () => {
  await balancer.stop()
  await Promise.all(servers.splice(0).map(close))
})

async function serve(name: string): Promise<{ readonly url: URL; readonly server: Server }> {
  const server = createServer((_request, response) => response.end(name))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), server }
}

function close(server: Server): Promise<unknown> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
}

/** On a connection of its own. */
async function ask(): Promise<string> {
  return await (await fetch(balancer.url, { headers: { connection: 'close' } })).text()
}

describe('the balancer', () => {
  it('gives connections to servers in turn, and passes over one that is gone', async () => {
    const all = [await serve('a'), await serve('b')]
    balancer = await startTcpBalancer(() => all.map(({ url }) => url))
    expect([await ask(), await ask(), await ask(), await ask()].toSorted()).toEqual(['a', 'a', 'b', 'b'])
    const [, second] = all
    if (second) await close(second.server)
    expect([await ask(), await ask(), await ask()]).toEqual(['a', 'a', 'a'])
  })

  it('resets a connection that nobody takes', async () => {
    balancer = await startTcpBalancer(() => [])
    await expect(ask()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
  })
})
