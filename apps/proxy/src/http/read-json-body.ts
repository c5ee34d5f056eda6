import { limits } from '@slipway/core'
import { ApiError } from '../api-error.ts'
import { bodyTooLarge } from '../api-errors.ts'

/** A body this small is late, not slow. */
const bodyTimeoutMs = 30_000

/**
 * Reads a JSON body, counting while it arrives. No body at all reads as an empty object, so that what is missing from it is
 * told field by field.
 * @throws {ApiError} unsupported_media_type, body_too_large, malformed_json, request_timed_out
 */
export async function readJsonBody(request: Request): Promise<unknown> {
  const limitBytes = limits.maxJsonBodyBytes
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw tooLarge(limitBytes)
  const bytes = await readAll(request, limitBytes)
  if (bytes.length === 0) return {}
  assertJsonType(request.headers.get('content-type'))
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new ApiError({
      code: 'malformed_json',
      field: 'body',
      message: 'the body is not well-formed JSON: check its quotes, commas and encoding (UTF-8)',
      cause: error,
    })
  }
}

async function readAll(request: Request, limitBytes: number): Promise<Uint8Array> {
  const reader = request.body?.getReader()
  if (!reader) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    void reader.cancel()
  }, bodyTimeoutMs)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (isLate) throw timedOut()
      if (done) return Buffer.concat(chunks)
      sizeBytes += value.length
      if (sizeBytes > limitBytes) throw tooLarge(limitBytes)
      chunks.push(value)
    }
  } finally {
    clearTimeout(timer)
  }
}

function assertJsonType(contentType: string | null): void {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (mediaType === 'application/json' || /^application\/[\w.-]+\+json$/.test(mediaType)) return
  throw new ApiError({
    code: 'unsupported_media_type',
    field: 'Content-Type',
    message: 'the body must be JSON: send it with the header Content-Type: application/json',
  })
}

function tooLarge(limitBytes: number): ApiError {
  return bodyTooLarge({ limitBytes, what: 'the body' })
}

function timedOut(): ApiError {
  return new ApiError({
    code: 'request_timed_out',
    message: 'the body did not arrive in time: try again',
    headers: { connection: 'close' },
  })
}
