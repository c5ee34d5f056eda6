import type { IncomingMessage, ServerResponse } from 'node:http'
import { isUploadable } from '@slipway/core'
import type { Fault } from '../mutants/mutants.ts'
import { verifyUrl } from './byte-urls.ts'
import { assemble } from './image-bytes.ts'
import { readBody } from './read-body.ts'
import { refuse } from './refusal.ts'
import { digestOf, type Store, type StoredImage } from './store.ts'

/** `PUT|GET|HEAD /bytes/…`: bytes by presigned URLs. @throws {Refusal} */
export async function serveBytes(store: Store, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request)
  const target = verifyUrl(store, request.method ?? '', new URL(request.url ?? '', 'http://reference'))
  if (!target) throw refuse(403, 'invalid_signature', 'the URL is not valid: use it as it was given out')
  if (store.has('wants-tokens-for-bytes') && !request.headers.authorization) {
    throw refuse(401, 'missing_token', 'send a token')
  }
  const image = store.images.get(target.imageId)
  if (!image || image.state.isDeleted) throw refuse(404, 'image_not_found', 'there is no such image')
  if (request.method === 'PUT') return putPart(store, { image, target, body, request, response })
  if (store.has('no-head') && request.method === 'HEAD') throw refuse(405, 'method_not_allowed', 'use GET')
  sendBytes(store, image, request, response)
}

interface PutPart {
  readonly image: StoredImage
  readonly target: { readonly partNumber?: number; readonly lengthBytes?: number | undefined }
  readonly body: Buffer
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

const usedUrls = new WeakMap<Store, Set<string>>()

function putPart(store: Store, { image, target, body, request, response }: PutPart): void {
  const { partNumber = 1, lengthBytes } = target
  if (!isUploadable(image.state) && !store.has('takes-late-parts') && !store.has('signs-no-method')) {
    throw refuse(409, 'not_uploadable', 'the image takes no parts any more')
  }
  if (lengthBytes !== undefined && lengthBytes !== body.length && !store.has('binds-no-length')) {
    throw refuse(400, 'length_mismatch', `this URL takes ${lengthBytes} bytes`)
  }
  const type = request.headers['content-type'] ?? 'application/octet-stream'
  if (store.has('takes-octets-alone') && type !== 'application/octet-stream') {
    throw refuse(415, 'unsupported_media_type', 'send octets')
  }
  if (store.has('takes-urls-once')) useOnce(store, request)
  const part = { bytes: body, etag: `"${digestOf(body).slice(0, 32)}"`, arrival: store.nextNumber() }
  const holders = store.has('mixes-images') ? [...store.images.values()] : [image]
  for (const holder of holders) {
    if (!(store.has('keeps-first-bytes') && holder.parts.has(partNumber))) holder.parts.set(partNumber, part)
  }
  if (image.bytes) image.bytes = assemble(store, image)
  response.writeHead(200, store.has('gives-no-etag') ? {} : { etag: part.etag }).end()
}

/** @throws {Refusal} 403 */
function useOnce(store: Store, { url = '' }: IncomingMessage): void {
  const used = usedUrls.get(store) ?? new Set<string>()
  usedUrls.set(store, used)
  if (used.has(url)) throw refuse(403, 'used_url', 'the URL was used')
  used.add(url)
}

function sendBytes(store: Store, image: StoredImage, request: IncomingMessage, response: ServerResponse): void {
  if (store.has('serves-once')) useOnce(store, request)
  const bytes = image.bytes
  const isServed = image.state.uploadStatus === 'completed' || store.has('serves-revoked')
  if (!bytes || !isServed) throw refuse(409, 'not_completed', 'the image is not completed')
  const etag = etagOf((fault) => store.has(fault), image)
  const { 'if-match': ifMatch, 'if-range': ifRange, range: header } = request.headers
  if (ifMatch !== undefined && ifMatch !== etag && !store.has('ignores-if-match')) {
    throw refuse(412, 'precondition_failed', 'the image has other bytes', 'If-Match')
  }
  const isRangeWanted = ifRange === undefined || ifRange === etag || store.has('ignores-if-range')
  const range = isRangeWanted ? readRange(store, header, bytes.length) : undefined
  const { from, to } = limitToPart(store, image, range ?? { from: 0, to: bytes.length })
  const total = store.has('wrong-total') ? to - from - 1 : bytes.length
  response.writeHead(range ? 206 : 200, {
    etag,
    'content-length': to - from,
    'content-type': 'application/octet-stream',
    ...(range ? { 'content-range': `bytes ${from}-${to - 1}/${total}` } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : bytes.subarray(from, to))
}

interface Range {
  readonly from: number
  readonly to: number
}

/** @throws {Refusal} 416 */
function readRange(store: Store, header: string | undefined, size: number): Range | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if ((first === '' && last === '') || store.has('ignores-ranges')) return undefined
  const isSuffix = first === ''
  const from = isSuffix
    ? store.has('suffix-as-start')
      ? Number(last)
      : Math.max(0, size - Number(last))
    : Number(first)
  const wanted = isSuffix || last === '' ? size : Number(last) + 1
  const isOutside = from >= size || (store.has('refuses-long-ranges') && wanted > size)
  if (isOutside && store.has('answers-no-416')) return undefined
  if (isOutside) throw refuse(416, 'range_not_satisfiable', `the image has ${size} bytes`, 'Range')
  const to = Math.min(wanted, size)
  return { from, to: store.has('ranges-off-by-one') && to - from > 1 ? to - 1 : to }
}

function limitToPart(store: Store, image: StoredImage, { from, to }: Range): Range {
  const end = image.parts.get(1)?.bytes.length ?? to
  return { from, to: store.has('ranges-in-one-part') && from < end ? Math.min(to, end) : to }
}

function etagOf(has: (fault: Fault) => boolean, { state }: StoredImage): string {
  if (has('one-etag')) return '"image"'
  return `${has('weak-etag') ? 'W/' : ''}"sha256:${state.sha256}"`
}
