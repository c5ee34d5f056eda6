import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

/**
 * The way of the official client, reproduced: each part is read whole into memory and sent by `fetch`, one at a time;
 * then the file is read again for its digest. `SLIPWAY_TOKEN=… node whole-parts.js URL FILE`, and it prints the image's id.
 */
const partSizeBytes = 64 * 1024 * 1024
const [apiUrl = '', file = ''] = process.argv.slice(2)

const handle = await open(file)
const { size } = await handle.stat()
const account = (await request('GET', '/v1/account/me')) as { id: string }
const { id } = (await post('/v2/images', { workspace: `sfc:workspace:${account.id}:default` })) as { id: string }
for (let start = 0, partNumber = 1; start < size; start += partSizeBytes, partNumber++) {
  const part = Buffer.alloc(Math.min(partSizeBytes, size - start))
  await handle.read(part, 0, part.length, start)
  const { url } = (await post(`/v2/images/${id}/parts`, { part_id: partNumber })) as { url: string }
  const response = await fetch(url, { method: 'PUT', body: part })
  if (!response.ok) throw new Error(`part ${partNumber}: ${response.status}`)
}
await handle.close()
const hash = createHash('sha256')
await pipeline(createReadStream(file), hash)
await post(`/v2/images/${id}/complete`, { sha256: hash.digest('hex') })
process.stdout.write(`${id}\n`)

function post(path: string, body: object): Promise<unknown> {
  return request('POST', path, JSON.stringify(body))
}

async function request(method: string, path: string, body?: string): Promise<unknown> {
  const response = await fetch(apiUrl + path, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env.SLIPWAY_TOKEN}` },
    ...(body && { body }),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.json()
}
