import { isUploadable } from '@slipway/core'
import { notUploadable } from '../../api-errors.ts'
import { lengthRequired, readPartLength } from '../../bytes/part-length.ts'
import type { PutPartRequest } from '../../bytes/put-part.ts'
import { recordRelayedPart, relayedBytesBeside, relayedLimitOf } from '../../metadata/relayed-parts.ts'
import { assertSizeAllowed } from '../policy/policy.ts'
import { toUpstreamApiError } from '../transport/upstream-error.ts'
import { toByteError, toByteRefusal } from './byte-errors.ts'
import { type ForwardedPart, forwardPart, SourceGoneError } from './forward-part.ts'
import type { RelayContext } from './relay-context.ts'
import type { SpoolCopy } from './spool.ts'

/** The upstream makes a part durable before it answers, a large one on a slow disk included. */
const minAnswerTimeoutMs = 120_000

/** `PUT <url>`: answers 200 only when the upstream has. */
export async function relayPart(context: RelayContext, options: PutPartRequest): Promise<void> {
  const { request, response, imageId, lengthBytes } = options
  context.scopes.assertNoLoop(headerOf(request.headers.via))
  const sizeBytes = readPartLength(request, lengthBytes)
  if (sizeBytes === undefined) {
    throw lengthRequired('the upstream wants to know the length of a part beforehand: send it with a Content-Length')
  }
  const leave = context.uploads.enter()
  try {
    const etag = await context.gate.shared(imageId, () => relay(context, { ...options, sizeBytes }))
    response.writeHead(200, { etag, 'content-length': 0 }).end()
  } finally {
    leave()
  }
}

type SizedRequest = PutPartRequest & { readonly sizeBytes: number }

async function relay(context: RelayContext, options: SizedRequest): Promise<string> {
  const { db, partUrls, spool, features, metrics, now } = context
  const { imageId, partNumber, sizeBytes, proceed } = options
  await assertWithinPolicy(context, options)
  const url = context.checkByteUrl(await partUrls.get(imageId, partNumber))
  // What the upstream finds out by itself needs no second look here.
  const theirs = await features.get()
  const isVerifiedThere = theirs?.verifies_sha256 === true
  const copy = isVerifiedThere ? undefined : await spool?.begin({ imageId, partNumber, sizeBytes })
  proceed()
  // A copy can be hashed when its digest is asked for, off the thread that moves bytes.
  const isHashed = copy === undefined && theirs?.part_sha256 !== true
  const { etag, sha256 } = await send(context, { ...options, url, copy, isHashed })

  const row = {
    image_id: imageId,
    part_number: partNumber,
    size_bytes: sizeBytes,
    sha256,
    etag,
    blob_key: (await copy?.blobKey) ?? null,
  }
  const replacedKey = await db
    .transaction()
    .execute((transaction) => recordRelayedPart(transaction, { part: row, nowMs: now() }))
  metrics.addReceivedBytes(sizeBytes)
  spool?.committed(row)
  if (replacedKey !== undefined) await spool?.remove(replacedKey)
  return etag
}

interface SendOptions extends SizedRequest {
  readonly url: URL
  readonly copy: SpoolCopy | undefined
  readonly isHashed: boolean
}

async function send(context: RelayContext, options: SendOptions): Promise<{ etag: string; sha256: string | null }> {
  const { request, url, copy, sizeBytes, isHashed } = options
  try {
    const settle = enterCircuit(context)
    try {
      const answer = await forwardPart({
        source: request,
        sizeBytes,
        url,
        headers: context.scopes.headers(),
        dispatcher: context.dispatcher,
        copy: copy?.sink,
        isHashed,
        stallTimeoutMs: context.stallTimeoutMs,
        answerTimeoutMs: Math.max(context.stallTimeoutMs, minAnswerTimeoutMs),
        noteArrivedBytes: context.noteArrivedBytes,
      })
      settle(answer.status >= 500 ? 'failed' : 'healthy')
      return await readAnswer(context, options, answer)
    } catch (error) {
      settle(error instanceof SourceGoneError ? undefined : 'failed')
      throw toByteError(error)
    }
  } catch (error) {
    copy?.sink.destroy()
    throw error
  }
}

async function readAnswer(context: RelayContext, { imageId, partNumber }: SendOptions, answer: ForwardedPart) {
  const { status, headers, bodyText, isWhole, sha256 } = answer
  if (status >= 200 && status <= 299) {
    const etag = headerOf(headers.etag)
    // S3 and what stands in front of a storage can say 200 and then tell of an error.
    const isStored = isWhole && (etag !== undefined || bodyText.trim() === '')
    if (!isStored) throw toByteRefusal({ ...answer, status: 502 }, context)
    return { etag: etag ?? '', sha256 }
  }
  context.partUrls.forget(imageId, partNumber)
  await assertStillUploadable(context, { imageId, status })
  throw toByteRefusal(answer, context)
}

/** Storage knows an upload that is over as one that is not there: its image tells why. */
async function assertStillUploadable({ api }: RelayContext, { imageId, status }: { imageId: string; status: number }) {
  if (status !== 404 && status !== 409 && status !== 410) return
  const { upload_status } = await api.call('getImage', { params: { id: imageId } })
  if (!isUploadable({ uploadStatus: upload_status, isDeleted: false })) throw notUploadable(upload_status)
}

async function assertWithinPolicy({ db }: RelayContext, { imageId, partNumber, sizeBytes }: SizedRequest) {
  const maxSizeBytes = await relayedLimitOf(db, imageId)
  if (maxSizeBytes === undefined) return
  const otherBytes = await relayedBytesBeside(db, { imageId, partNumber })
  assertSizeAllowed({ maxSizeBytes, sizeBytes: otherBytes + sizeBytes })
}

function enterCircuit({ byteCircuit, redact }: RelayContext) {
  try {
    return byteCircuit.enter()
  } catch (error) {
    throw toUpstreamApiError(error, { redact })
  }
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}
