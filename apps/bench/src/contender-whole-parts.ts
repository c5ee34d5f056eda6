import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

/**
 * The way of the official client, reproduced: each part is read whole into memory and sent by `fetch`, one at a time;
 * then the file is read again for its digest. `node contender-whole-parts.js URL FILE`.
 */
const partSizeBytes = 64 * 1024 * 1024
const [apiUrl = '', file = ''] = process.argv.slice(2)

const handle = await open(file)
const { size } = await handle.stat()
await post('/v2/images', { workspace: 'sfc:workspace:bench:default', name: 'bench' })
for (let start = 0, partNumber = 1; start < size; start += partSizeBytes, partNumber++) {
  const part = Buffer.alloc(Math.min(partSizeBytes, size - start))
  await handle.read(part, 0, part.length, start)
  const { url } = (await post('/v2/images/image_bench/parts', { part_id: partNumber })) as { url: string }
  const response = await fetch(url, { method: 'PUT', body: part })
  if (!response.ok) throw new Error(`part ${partNumber}: ${response.status}`)
}
await handle.close()
const hash = createHash('sha256')
await pipeline(createReadStream(file), hash)
await post('/v2/images/image_bench/complete', { sha256: hash.digest('hex') })

async function post(path: string, body: object): Promise<unknown> {
  const response = await fetch(apiUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.json()
}
