import { randomFillSync } from 'node:crypto'
import { join } from 'node:path'
import type { Bench, Suite } from '../bench.ts'
import type { Contender, MeasuredContender, Scaling, ScalingLine } from '../figure.ts'
import { startBareHono } from '../peers/bare-hono.ts'
import type { ByteServer } from '../peers/byte-server.ts'
import { startNginx } from '../peers/nginx.ts'
import { sendAll } from '../peers/raw-http.ts'
import { startSlipwayProxy } from '../peers/slipway-proxy.ts'
import { gibPerSecond, secondsOf } from './command-contender.ts'
import { measurePings, pingContender, turnsText } from './ping-contender.ts'
import { sizeText } from './size-text.ts'

/** What happens as clients become more. */
export const clients: Suite = {
  name: 'clients',
  about: 'speed of all clients together, for 1 to 64 of them',
  async run(bench) {
    const proxy = bench.atEnd(await startSlipwayProxy({ dataDir: join(bench.folder, 'proxy') }))
    const nginx = await bench.start('nginx', () => startNginx(join(bench.folder, 'nginx')))
    const servers: ByteServer[] = [proxy, ...(nginx ? [nginx] : [])]
    const moved = sizeText(bench.profile.clientBytes)
    const shared = { kind: 'scaling', xLabel: 'clients at the same time', unit: 'GiB/s' } as const
    const ingest: Scaling = {
      ...shared,
      id: 'clients-ingest',
      title: 'Clients at once: taking in bytes',
      how: `${moved} together, in as many equal parts at a time over loopback, until acknowledged; RAM disk.`,
      lines: await overClients(bench, (count) =>
        bench.measure(servers.map((server) => ingesting(bench, server, count))),
      ),
    }
    const egress: Scaling = {
      ...shared,
      id: 'clients-egress',
      title: 'Clients at once: giving out bytes',
      how: `${moved} together, in as many equal ranges at a time over loopback; RAM disk.`,
      lines: await overClients(bench, (count) =>
        bench.measure(servers.map((server) => egressing(bench, server, count))),
      ),
    }
    const hono = bench.atEnd(await startBareHono(proxy.dataDir, bench.folder))
    const { id } = await proxy.api('POST', '/v2/images', { workspace: 'sfc:workspace:local:default' })
    const headers = { authorization: `Bearer ${proxy.token}` }
    const small: Scaling = {
      ...shared,
      id: 'clients-small',
      title: 'Clients at once: GET /images/{id}',
      how: `One request at a time on each connection; the bare Hono route does the same read and nothing else. ${turnsText}`,
      unit: 'requests/s',
      lines: await overClients(bench, (connectionCount) =>
        measurePings(bench, [
          pingContender(bench, {
            name: 'slipway-proxy',
            role: 'ours',
            request: { method: 'GET', url: `${proxy.url}/v2/images/${id}`, headers },
            connectionCount,
          }),
          pingContender(bench, {
            name: 'bare Hono route',
            role: 'limit',
            request: { method: 'GET', url: `${hono.url}/v2/images/${id}` },
            connectionCount,
          }),
        ]),
      ),
    }
    return [ingest, egress, small]
  },
}

async function overClients(
  bench: Bench,
  measure: (count: number) => Promise<readonly MeasuredContender[]>,
): Promise<ScalingLine[]> {
  const lines = new Map<string, MeasuredContender & { points: { x: number; values: readonly number[] }[] }>()
  for (const count of bench.profile.clientCounts) {
    bench.say(`${count} clients`)
    for (const measured of await measure(count)) {
      const line = lines.get(measured.name) ?? { ...measured, points: [] }
      line.points.push({ x: count, values: measured.values })
      lines.set(measured.name, line)
    }
  }
  return [...lines.values()].map(({ name, role, points }) => ({ name, role, points }))
}

function ingesting({ profile }: Bench, server: ByteServer, count: number): Contender {
  const part = randomFillSync(Buffer.allocUnsafeSlow(Math.ceil(profile.clientBytes / count)))
  return {
    name: server.name,
    role: server.role,
    async measure() {
      const stored = await server.open(part, count)
      const seconds = await secondsOf(() => sendAll(stored.puts))
      await stored.remove()
      return { value: gibPerSecond(profile.clientBytes, seconds) }
    },
  }
}

function egressing({ profile }: Bench, server: ByteServer, count: number): Contender {
  const part = randomFillSync(Buffer.allocUnsafeSlow(Math.ceil(profile.clientBytes / count)))
  return {
    name: server.name,
    role: server.role,
    async measure() {
      const stored = await server.open(part, count)
      await sendAll(stored.puts)
      await stored.complete()
      const requests = await stored.gets()
      const seconds = await secondsOf(() => sendAll(requests))
      await stored.remove()
      return { value: gibPerSecond(profile.clientBytes, seconds) }
    },
  }
}
