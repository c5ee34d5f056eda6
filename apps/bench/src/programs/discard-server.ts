import { createReadStream, statSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'

/**
 * An Images API that costs as little as one can: it throws away what it is sent and serves one file, so that what is
 * measured is the client. Runs in a process of its own: `node discard-server.js FILE [SHA256]`, and prints its address.
 * Without a digest, the file's is the one that an upload of it has declared.
 */
const [file = '', givenSha256 = ''] = process.argv.slice(2)
let sha256 = givenSha256
const sizeBytes = statSync(file).size
const image = {
  id: 'image_bench',
  resource_path: 'sfc:image:bench:default:bench',
  owner: 'bench',
  workspace: 'default',
  workspace_id: 'wksp_bench',
  name: 'bench',
  is_public: false,
  object: 'image',
  upload_status: 'uploading',
  created_at: 1738972800,
  sha256: null,
}

const server = createServer((request, response) => {
  const path = (request.url ?? '').split('?', 1)[0] as string
  if (path === '/bytes' && request.method === 'GET') {
    sendFile(request.headers.range, response).catch(() => response.destroy())
    return
  }
  let body = ''
  const isPart = request.method === 'PUT'
  request.on('data', (chunk: Buffer) => {
    if (!isPart) body += chunk.toString()
  })
  request.on('end', () => {
    if (isPart) response.writeHead(200, { etag: '"bench"' }).end()
    else sendJson(response, path, body)
  })
})

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})

function sendJson(response: ServerResponse, path: string, body: string): void {
  const bytesUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bytes`
  const presigned = { url: bytesUrl, expires_at: 4_102_444_800 }
  const answers: readonly (readonly [RegExp, number, () => object])[] = [
    [/\/account\/me$/, 200, () => ({ id: 'bench', role: 'admin', is_frozen: false })],
    [/\/images$/, 201, () => image],
    [/\/parts$/, 200, () => presigned],
    [/\/complete$/, 200, () => completed(JSON.parse(body).sha256)],
    [/\/download$/, 200, () => ({ ...presigned, sha256, size: sizeBytes })],
  ]
  const [, status, answer] = answers.find(([pattern]) => pattern.test(path)) ?? [undefined, 404, () => ({})]
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer()))
}

function completed(declared: string): object {
  sha256 ||= declared
  return { ...image, upload_status: 'completed', sha256: declared }
}

async function sendFile(rangeHeader: string | undefined, response: ServerResponse): Promise<void> {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(rangeHeader ?? '') ?? []
  const start = Number(from ?? 0)
  const end = to === undefined ? sizeBytes : Number(to) + 1
  response.writeHead(rangeHeader ? 206 : 200, {
    'content-length': end - start,
    etag: '"bench"',
    ...(rangeHeader ? { 'content-range': `bytes ${start}-${end - 1}/${sizeBytes}` } : {}),
  })
  await pipeline(createReadStream(file, { start, end: end - 1, highWaterMark: 1024 * 1024 }), response)
}
