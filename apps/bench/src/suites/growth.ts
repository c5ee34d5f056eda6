import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Bench, Suite } from '../bench.ts'
import type { Contender, Scaling, ScalingLine, ScalingPoint } from '../figure.ts'
import { ping } from '../peers/ping.ts'
import type { RawRequest } from '../peers/raw-http.ts'
import { type SlipwayProxy, startSlipwayProxy } from '../peers/slipway-proxy.ts'

const partsOfOneImage = 100
const creatingConnectionCount = 16
const workspace = 'sfc:workspace:local:default'

/** Whether requests get dearer as an installation fills. */
export const growth: Suite = {
  name: 'growth',
  about: 'what small requests cost as images and parts become many',
  run: async (bench) => [await overImages(bench), await overParts(bench)],
}

async function overImages(bench: Bench): Promise<Scaling> {
  const proxy = bench.atEnd(await startSlipwayProxy({ dataDir: join(bench.folder, 'images') }))
  const { id } = await proxy.api('POST', '/v2/images', { workspace })
  let imageCount = 1
  const lines = createLines()
  for (const count of bench.profile.imageCounts) {
    bench.say(`${count} images`)
    imageCount += await createImages(proxy, count - imageCount)
    const deep = await lastPage(proxy)
    const requests: Record<string, RawRequest> = {
      'GET /images/{id}': request(proxy, 'GET', `/v2/images/${id}`),
      'GET /images, first page': request(proxy, 'GET', '/v2/images'),
      'GET /images, last page': request(proxy, 'GET', deep),
    }
    lines.add(count, await bench.measure(Object.entries(requests).map((entry) => latency(bench, entry))))
  }
  return {
    kind: 'scaling',
    id: 'growth-images',
    title: 'Cost against the number of images',
    how: 'The median time of one request after the other on one connection; pages of 50; SQLite on a RAM disk.',
    xLabel: 'images in the account',
    unit: 'ms',
    lines: lines.all(),
  }
}

async function overParts(bench: Bench): Promise<Scaling> {
  const { partRowCounts } = bench.profile
  const proxy = bench.atEnd(await startSlipwayProxy({ dataDir: join(bench.folder, 'parts') }))
  const imageCount = Math.max(1, Math.max(...partRowCounts) / partsOfOneImage)
  // The oldest is the one that is asked for, and the first to get its parts: its own page is as long at every count.
  const { id } = await proxy.api('POST', '/v2/images', { workspace })
  await createImages(proxy, imageCount - 1)
  const body = Buffer.from(JSON.stringify({ part_id: 1 }))
  const requests: Record<string, RawRequest> = {
    'GET /images/{id}': request(proxy, 'GET', `/v2/images/${id}`),
    'GET /images/{id}/parts': request(proxy, 'GET', `/v2/images/${id}/parts`),
    'POST /images/{id}/parts': { ...request(proxy, 'POST', `/v2/images/${id}/parts`), body },
    'POST /images': { ...request(proxy, 'POST', '/v2/images'), body: Buffer.from(JSON.stringify({ workspace })) },
  }
  const lines = createLines()
  for (const count of partRowCounts) {
    bench.say(`${count} part rows`)
    insertParts(proxy, count / partsOfOneImage)
    lines.add(count, await bench.measure(Object.entries(requests).map((entry) => latency(bench, entry))))
  }
  return {
    kind: 'scaling',
    id: 'growth-parts',
    title: 'Cost against the number of parts',
    how:
      `The median time of one request after the other on one connection, with ${imageCount} images of up to ${partsOfOneImage} parts ` +
      'each; the rows are put into SQLite (on a RAM disk) directly, since their bytes are not needed.',
    xLabel: 'parts in the database',
    unit: 'ms',
    lines: lines.all(),
  }
}

function latency({ profile }: Bench, [name, request]: readonly [string, RawRequest]): Contender {
  return {
    name,
    role: 'ours',
    measure: async () => ({
      value: (await ping({ request, connectionCount: 1, durationMs: profile.pingMs / 2 })).medianMs,
    }),
  }
}

function request({ url, token }: SlipwayProxy, method: 'GET' | 'POST', path: string): RawRequest {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return { method, url: url + path, headers }
}

async function createImages(proxy: SlipwayProxy, count: number): Promise<number> {
  let left = count
  const create = async () => {
    while (left-- > 0) await proxy.api('POST', '/v2/images', { workspace })
  }
  await Promise.all(Array.from({ length: creatingConnectionCount }, create))
  return Math.max(0, count)
}

/** @returns the path of the oldest images: as deep as pages go */
async function lastPage(proxy: SlipwayProxy): Promise<string> {
  let path = '/v2/images'
  for (;;) {
    const page = await proxy.api('GET', `${path}${path.includes('?') ? '&' : '?'}limit=200`)
    if (!page.has_more) return path
    path = `/v2/images?starting_after=${page.cursor}`
  }
}

/** Gives so many of the oldest images all their parts, where they have none yet. */
function insertParts({ dataDir }: SlipwayProxy, imageCount: number): void {
  const database = new DatabaseSync(join(dataDir, 'slipway.db'))
  try {
    database.exec('pragma busy_timeout = 10000')
    database
      .prepare(
        `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${partsOfOneImage})
        insert or ignore into parts (image_id, part_number, size_bytes, sha256, etag, blob_key)
        select images.id, n, 5242880, lower(hex(randomblob(32))), '"' || hex(randomblob(16)) || '"', images.id || '/' || n || '-bench'
        from (select id from images order by created_at_ms, rowid limit ?) as images, numbers`,
      )
      .run(imageCount)
  } finally {
    database.close()
  }
}

function createLines() {
  const points = new Map<string, ScalingPoint[]>()
  return {
    add(x: number, measured: readonly { name: string; values: readonly number[] }[]) {
      for (const { name, values } of measured) points.set(name, [...(points.get(name) ?? []), { x, values }])
    },
    all: (): ScalingLine[] => [...points].map(([name, line]) => ({ name, role: 'ours', points: line })),
  }
}
