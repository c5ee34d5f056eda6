import type { IncomingMessage } from 'node:http'
import { limits } from '@slipway/core'
import { ApiError } from '../api-error.ts'
import { bodyTooLarge } from '../api-errors.ts'
import { endedTooEarly } from '../blobs/byte-source.ts'

/** A body this small is late, not slow. */
const bodyTimeoutMs = 30_000

/**
 * Reads a JSON body, counting while it arrives. No body at all reads as an empty object, so that what is missing from it is
 * told field by field.
 * @throws {ApiError} unsupported_media_type, body_too_large, malformed_json, request_timed_out
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const limitBytes = limits.maxJsonBodyBytes
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes)
  const bytes = await readAll(request, limitBytes)
  if (bytes.length === 0) return {}
  assertJsonType(request.headers['content-type'])
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

function readAll(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let sizeBytes = 0
    const settle = () => {
      clearTimeout(timer)
      request.pause()
      request.off('data', onData).off('end', onEnd).off('error', fail).off('close', onClose)
      // An error that comes later finds nobody waiting for it, which must not end the process.
      request.on('error', () => undefined)
    }
    const fail = (error: Error) => {
      settle()
      reject(error)
    }
    const onData = (chunk: Buffer) => {
      sizeBytes += chunk.length
      if (sizeBytes > limitBytes) return fail(tooLarge(limitBytes))
      chunks.push(chunk)
    }
    const onEnd = () => {
      settle()
      resolve(Buffer.concat(chunks))
    }
    const onClose = () => fail(endedTooEarly())
    const timer = setTimeout(() => fail(timedOut()), bodyTimeoutMs)
    // A request without a body has ended before anybody could listen.
    if (request.readableEnded) return onEnd()
    if (request.destroyed) return onClose()
    request.on('data', onData).once('end', onEnd).once('error', fail).once('close', onClose)
  })
}

function assertJsonType(contentType: string | undefined): void {
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
