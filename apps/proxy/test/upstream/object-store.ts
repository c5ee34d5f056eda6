import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { limits } from '@slipway/core'
import { parseRange } from '../../src/bytes/range.ts'

interface Grant {
  readonly method: 'PUT' | 'GET'
  readonly key: string
  readonly partNumber: number
  readonly lifetimeSeconds: number
  readonly expiresAt: number
  readonly isOpen: () => boolean
}

/** Presigned URLs in the manner of an object store: no envelope, errors in XML, a length is asked for, ETags are given. */
export function createObjectStore() {
  const grants = new Map<string, Grant>()
  const parts = new Map<string, Map<number, Buffer>>()
  /** Objects that are made up rather than uploaded: bytes by position. */
  const generated = new Map<string, { readonly sizeBytes: number; read(start: number, end: number): Buffer }>()
  let server: Server | undefined
  let origin = ''
  const counts = { puts: 0, gets: 0, activeGets: 0, sentBytes: 0 }

  const presign = (grant: Omit<Grant, 'expiresAt' | 'lifetimeSeconds'>, lifetimeSeconds: number) => {
    const signature = randomBytes(20).toString('hex')
    const expiresAt = Math.floor(Date.now() / 1000) + lifetimeSeconds
    grants.set(signature, { ...grant, lifetimeSeconds, expiresAt })
    const path = grant.method === 'PUT' ? `/bucket/${grant.key}/${grant.partNumber}` : `/bucket/${grant.key}`
    return {
      url: `${origin}${path}?X-Amz-Expires=${lifetimeSeconds}&X-Amz-Signature=${signature}`,
      expires_at: expiresAt,
    }
  }
  const wholeOf = (key: string) => {
    const sorted = [...(parts.get(key) ?? [])].sort(([a], [b]) => a - b)
    return Buffer.concat(sorted.map(([, bytes]) => bytes))
  }
  const objectOf = (key: string) => {
    const made = generated.get(key)
    if (made) return made
    const whole = wholeOf(key)
    return { sizeBytes: whole.length, read: (start: number, end: number) => whole.subarray(start, end) }
  }

  const put = async (request: IncomingMessage, response: ServerResponse, grant: Grant) => {
    counts.puts++
    if (request.headers['content-length'] === undefined) return xml(response, 411, 'MissingContentLength')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (!grant.isOpen()) return xml(response, 404, 'NoSuchUpload')
    const bytes = Buffer.concat(chunks)
    const held = parts.get(grant.key) ?? new Map<number, Buffer>()
    parts.set(grant.key, held.set(grant.partNumber, bytes))
    response.writeHead(200, { etag: `"${createHash('md5').update(bytes).digest('hex')}"` }).end()
  }
  const get = async (request: IncomingMessage, response: ServerResponse, { key }: Grant) => {
    counts.gets++
    const object = objectOf(key)
    const etag = `"etag-${key}"`
    if (request.headers['if-match'] !== undefined && request.headers['if-match'] !== etag) {
      return xml(response, 412, 'PreconditionFailed')
    }
    const range = parseRange(request.headers.range, object.sizeBytes)
    if (range === 'unsatisfiable') return xml(response, 416, 'InvalidRange')
    const { start, end } = range ?? { start: 0, end: object.sizeBytes }
    response.writeHead(range ? 206 : 200, {
      etag,
      'content-length': end - start,
      ...(!range ? {} : { 'content-range': `bytes ${start}-${end - 1}/${object.sizeBytes}` }),
    })
    counts.activeGets++
    response.once('close', () => counts.activeGets--)
    const stepBytes = 256 * 1024
    for (let position = start; position < end && !response.destroyed; position += stepBytes) {
      const bytes = object.read(position, Math.min(position + stepBytes, end))
      counts.sentBytes += bytes.length
      if (!response.write(bytes)) {
        await new Promise<void>((resolve) => {
          const settle = () => {
            response.off('drain', settle).off('close', settle)
            resolve()
          }
          response.once('drain', settle).once('close', settle)
        })
      }
    }
    response.end()
  }

  const store = {
    counts,
    parts,
    generated,
    /** Answers instead of the store, when it returns true. */
    intercept: undefined as ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined,
    /** Seconds that a URL is good for. */
    lifetimeSeconds: 3600,
    presignPut: ({ key, partNumber, isOpen }: { key: string; partNumber: number; isOpen: () => boolean }) =>
      presign({ method: 'PUT', key, partNumber, isOpen }, store.lifetimeSeconds),
    presignGet: (key: string) => ({
      ...presign({ method: 'GET', key, partNumber: 0, isOpen: () => true }, store.lifetimeSeconds),
      size: objectOf(key).sizeBytes,
    }),
    /** Why the parts make no object, or undefined. */
    refusalOf(key: string): { code: string; message: string; field?: string } | undefined {
      const numbers = [...(parts.get(key)?.keys() ?? [])].sort((a, b) => a - b)
      if (numbers.length === 0) return { code: 'no_parts', message: 'there are no parts' }
      const missing = numbers.findIndex((number, index) => number !== index + 1)
      if (missing >= 0) return { code: 'part_missing', message: 'a part is missing', field: `parts.${missing + 1}` }
      const small = numbers.slice(0, -1).find((n) => (parts.get(key)?.get(n)?.length ?? 0) < limits.minPartSizeBytes)
      if (small === undefined) return undefined
      return { code: 'part_too_small', message: 'EntityTooSmall: 5 MiB at least', field: `parts.${small}` }
    },
    async start() {
      server = createServer((request, response) => {
        if (store.intercept?.(request, response)) return
        const { searchParams, pathname } = new URL(request.url ?? '/', 'http://store.invalid')
        const grant = grants.get(searchParams.get('X-Amz-Signature') ?? '')
        const path =
          grant && (grant.method === 'PUT' ? `/bucket/${grant.key}/${grant.partNumber}` : `/bucket/${grant.key}`)
        const isAltered = grant && searchParams.get('X-Amz-Expires') !== String(grant.lifetimeSeconds)
        if (!grant || isAltered || grant.method !== request.method || path !== pathname)
          return xml(response, 403, 'SignatureDoesNotMatch')
        if (grant.expiresAt * 1000 <= Date.now()) return xml(response, 403, 'AccessDenied')
        const run = grant.method === 'PUT' ? put : get
        run(request, response, grant).catch(() => response.destroy())
      })
      const listening = server
      await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    async stop() {
      const running = server
      running?.closeAllConnections()
      await new Promise((resolve) => running?.close(resolve))
    },
  }
  return store
}

function xml(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' })
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}
