import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { toApiError } from '../../to-api-error.ts'
import { storageLocationSchema } from '../storage-url.ts'
import type { ObjectStore } from './object-store.ts'
import { createS3ObjectStore } from './s3-object-store.ts'
import { isMissingUpload, StoreError } from './store-error.ts'
import { isMisconfiguration } from './to-store-error.ts'

// A store that answers what each test wants, well-formed or not; how real ones behave is shown in `test/s3/`.
type Answer = (request: IncomingMessage, response: ServerResponse) => void

let server: Server
let store: ObjectStore
let answer: Answer
let asked: string[]
beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'planted-access-key'
  process.env.AWS_SECRET_ACCESS_KEY = 'planted-secret-key'
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    request.resume().once('end', () => answer(request, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  store = storeAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
beforeEach(() => {
  asked = []
})
afterAll(async () => {
  store.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function storeAt(endpoint: string, more = ''): ObjectStore {
  const location = storageLocationSchema.parse(`s3://bucket/prefix?endpoint=${endpoint}${more}`)
  if (location.kind !== 's3') throw new Error('not an S3 address')
  return createS3ObjectStore(location)
}

const upload = { key: 'prefix/images/image_1', uploadId: 'u' }
const xml =
  (status: number, body: string): Answer =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${body}`)
const error = (code: string, more = '') => `<Error><Code>${code}</Code><Message>m</Message>${more}</Error>`
const failureOf = async (run: Promise<unknown>): Promise<StoreError> => {
  const thrown = await run.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  if (thrown instanceof StoreError) return thrown
  throw new Error(`not a StoreError: ${thrown}`)
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = []
  for await (const item of items) collected.push(item)
  return collected
}

describe('the S3 object store', () => {
  it('takes a completion for failed when the error comes in the body of a 200', async () => {
    answer = xml(200, error('InternalError'))
    const failure = await failureOf(store.completeUpload(upload, [{ partNumber: 1, sizeBytes: 1, etag: '"e"' }]))
    expect(failure.code).toBe('InternalError')
    expect(asked.length).toBeGreaterThan(1)
  })

  it('needs no ETag of the completed object', async () => {
    answer = xml(200, '<CompleteMultipartUploadResult><ETag></ETag></CompleteMultipartUploadResult>')
    await store.completeUpload(upload, [{ partNumber: 1, sizeBytes: 1, etag: '"e"' }])
  })

  it('reads the part list page by page and gives every ETag its quotes', async () => {
    answer = (request, response) => {
      const isSecond = request.url?.includes('part-number-marker=2')
      const parts = isSecond ? [3] : [1, 2]
      const body = parts.map((n) => `<Part><PartNumber>${n}</PartNumber><ETag>e${n}</ETag><Size>${n}</Size></Part>`)
      const head = `<IsTruncated>${!isSecond}</IsTruncated>`
      xml(200, `<ListPartsResult>${head}${body.join('')}</ListPartsResult>`)(request, response)
    }
    const listed = await store.listParts(upload, { afterPartNumber: 0, limit: 10_000 })
    expect(listed).toEqual({
      parts: [1, 2, 3].map((n) => ({ partNumber: n, sizeBytes: n, etag: `"e${n}"` })),
      hasMore: false,
    })
    expect(await store.listParts(upload, { afterPartNumber: 0, limit: 2 })).toMatchObject({ hasMore: true })
  })

  it('lists objects with size and date, page by page', async () => {
    answer = (request, response) => {
      const isSecond = request.url?.includes('continuation-token=t')
      const date = isSecond ? '' : '<LastModified>2026-01-02T03:04:05.000Z</LastModified>'
      const contents = `<Contents><Key>${isSecond ? 'b' : 'a'}</Key><Size>7</Size>${date}</Contents>`
      const head = isSecond ? '' : '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>'
      xml(200, `<ListBucketResult>${head}${contents}</ListBucketResult>`)(request, response)
    }
    expect(await collect(store.listObjects('p/'))).toEqual([
      { key: 'a', sizeBytes: 7, modifiedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5) },
      // One without a date counts as new.
      { key: 'b', sizeBytes: 7, modifiedAtMs: Number.POSITIVE_INFINITY },
    ])
  })

  it('ends a read at its signal, before the answer and in the middle of it', async () => {
    const stop = new AbortController()
    answer = () => stop.abort()
    await failureOf(store.read('key', { signal: stop.signal }))
    answer = (_, response) => response.writeHead(200, { 'content-length': 100 }).write('begun')
    const second = new AbortController()
    const body = await store.read('key', { signal: second.signal })
    const reading = collect(body)
    second.abort()
    await expect(reading).rejects.toThrow('aborted')
  })

  it('takes what is gone for aborted, removed or absent', async () => {
    answer = xml(404, error('NoSuchUpload'))
    await store.abortUpload(upload)
    expect(isMissingUpload(await failureOf(store.listParts(upload, { afterPartNumber: 0, limit: 1 })))).toBe(true)
    answer = xml(404, error('NoSuchKey'))
    await store.remove('key')
    expect(await store.sizeOf('key')).toBeUndefined()
  })

  it('does not take a missing bucket for a missing object', async () => {
    answer = xml(404, error('NoSuchBucket'))
    const failure = await failureOf(store.remove('key'))
    expect(isMisconfiguration(failure)).toBe(true)
    expect(failure.message).toContain('no such bucket')
  })

  it('answers 503 with Retry-After while the store is down, busy or silent', async () => {
    const closed = storeAt('http://127.0.0.1:9')
    const failures = [await failureOf(closed.createUpload('key'))]
    closed.close()
    answer = xml(503, error('SlowDown'))
    failures.push(await failureOf(store.createUpload('key')))
    answer = (request) => request.socket.destroy()
    failures.push(await failureOf(store.createUpload('key')))
    for (const failure of failures) {
      const { status, headers } = toApiError(failure, { requestId: 'r' })
      expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: 503, retryAfter: '5' })
    }
  })

  it('tells that the store is full as 507', async () => {
    answer = xml(403, error('QuotaExceeded'))
    expect(toApiError(await failureOf(store.createUpload('key')), { requestId: 'r' }).status).toBe(507)
  })

  it('keeps what was signed out of its errors', async () => {
    const planted = '<AWSAccessKeyId>planted</AWSAccessKeyId><StringToSign>planted</StringToSign>'
    answer = xml(403, error('SignatureDoesNotMatch', planted))
    const failure = await failureOf(store.check())
    expect(failure.message).toContain('refuses the credentials')
    expect(`${JSON.stringify(failure, Object.getOwnPropertyNames(failure))} ${failure.cause}`).not.toContain('planted')
  })

  it('signs for the public endpoint, a length where one is bound, and without checksums', async () => {
    const other = storeAt('http://127.0.0.1:9', '&public_endpoint=https://images.example.com')
    const { url, expiresAt } = await other.presignPart(upload, { partNumber: 7, lengthBytes: 1000 })
    const { origin, pathname, searchParams } = new URL(url)
    expect(`${origin}${pathname}`).toBe('https://images.example.com/bucket/prefix/images/image_1')
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host')
    expect(searchParams.get('partNumber')).toBe('7')
    expect([...searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([])
    const livesMs = expiresAt.getTime() - Date.now()
    expect(livesMs).toBeGreaterThan(3_500_000)
    expect(livesMs).toBeLessThanOrEqual(3_600_000)
    const read = await other.presignRead('key')
    expect(new URL(read.url).origin).toBe('http://127.0.0.1:9')
    other.close()
  })
})
