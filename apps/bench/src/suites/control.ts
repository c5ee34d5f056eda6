import { join } from 'node:path'
import type { Suite } from '../bench.ts'
import type { Comparison } from '../figure.ts'
import { startBareHono } from '../peers/bare-hono.ts'
import { type Glance, startGlance } from '../peers/glance.ts'
import type { RawRequest } from '../peers/raw-http.ts'
import { type SlipwayProxy, startSlipwayProxy } from '../peers/slipway-proxy.ts'
import { measurePings, type PingContenderOptions, pingContender, turnsText } from './ping-contender.ts'

const listedImageCount = 100
const connectionCount = 8
const jsonType = { 'content-type': 'application/json' }
const subject = 'slipway-proxy'

/** Small requests: what scripts and schedulers send all day. */
export const control: Suite = {
  name: 'control',
  about: 'create, get and list images, in requests a second',
  async run(bench) {
    const proxy = bench.atEnd(await startSlipwayProxy({ dataDir: join(bench.folder, 'proxy') }))
    const hono = bench.atEnd(await startBareHono(proxy.dataDir, bench.folder))
    const glance = await bench.start('Glance', () => startGlance(join(bench.folder, 'glance')))
    const { id } = await fill(proxy)
    const glanceImage = await fillGlance(glance)
    const authorization = `Bearer ${proxy.token}`
    const body = (value: object) => Buffer.from(JSON.stringify(value))
    const creation = body({ workspace: 'sfc:workspace:local:default' })
    const get = (url: string): RawRequest => ({ method: 'GET', url })
    const requests = {
      get: {
        ours: { ...get(`${proxy.url}/v2/images/${id}`), headers: { authorization } },
        bare: get(`${hono.url}/v2/images/${id}`),
        glance: get(String(glanceImage)),
      },
      list: {
        ours: { ...get(`${proxy.url}/v2/images`), headers: { authorization } },
        bare: get(`${hono.url}/v2/images`),
        glance: get(`${glance?.url}/v2/images?limit=50`),
      },
      // Last, since it makes the lists longer.
      create: {
        ours: post(`${proxy.url}/v2/images`, creation, { ...jsonType, authorization }),
        bare: post(`${hono.url}/v2/images`, creation, jsonType),
        glance: post(`${glance?.url}/v2/images`, body({ name: 'bench' }), jsonType),
      },
    }
    const titles = { get: 'GET /images/{id}', list: 'GET /images, 50 of 100', create: 'POST /images' } as const
    const pinging = (pinged: Omit<PingContenderOptions, 'connectionCount'>) =>
      pingContender(bench, { ...pinged, connectionCount })
    const figures: Comparison[] = []
    for (const name of ['get', 'list', 'create'] as const) {
      const { ours, bare, glance: theirs } = requests[name]
      figures.push({
        kind: 'comparison',
        id: `control-${name}`,
        title: `Small requests: ${titles[name]}`,
        how:
          `${connectionCount} kept connections, one request at a time on each. ${turnsText} The bare Hono route does the same ` +
          (name === 'create'
            ? 'insert into SQLite, and nothing else.'
            : 'read of the same SQLite database, and nothing else: no token, no policy, no log.'),
        unit: 'requests/s',
        subject,
        contenders: await measurePings(bench, [
          pinging({ name: subject, role: 'ours', request: ours }),
          pinging({ name: 'bare Hono route', role: 'limit', request: bare }),
          ...(glance ? [pinging({ name: 'OpenStack Glance', role: 'peer', request: theirs })] : []),
        ]),
      })
    }
    return figures
  },
}

function post(url: string, body: Buffer, headers: Readonly<Record<string, string>>): RawRequest {
  return { method: 'POST', url, headers, body }
}

async function fill(proxy: SlipwayProxy): Promise<Record<string, unknown>> {
  let image: Record<string, unknown> = {}
  for (let i = 0; i < listedImageCount; i++) {
    image = await proxy.api('POST', '/v2/images', { workspace: 'sfc:workspace:local:default' })
  }
  return image
}

async function fillGlance(glance: Glance | undefined): Promise<string | undefined> {
  let image: string | undefined
  for (let i = 0; i < listedImageCount; i++) image = await glance?.createImage()
  return image
}
