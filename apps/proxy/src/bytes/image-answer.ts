import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError } from '../api-error.ts'
import { evaluateConditions, isRangeWanted } from './conditions.ts'
import { type ByteRange, parseRange } from './range.ts'

export interface ImageAnswerOptions {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly name: string
  readonly sizeBytes: number
  /** Strong. */
  readonly etag: string
}

export interface ImageAnswer {
  /** Which bytes are wanted. */
  readonly range: ByteRange
  /** Sends the head, once the bytes are known to be there. @returns whether the bytes are to follow */
  begin(): boolean
}

/**
 * What a request for an image's bytes asks for: conditions, range and method.
 * @returns undefined when the answer is given already
 * @throws {ApiError} precondition_failed, range_not_satisfiable
 */
export function planImageAnswer(options: ImageAnswerOptions): ImageAnswer | undefined {
  const { request, response, name, sizeBytes, etag } = options
  const outcome = evaluateConditions(request.headers, etag)
  if (outcome === 'not_modified') {
    response.writeHead(304, { etag }).end()
    return undefined
  }
  if (outcome === 'precondition_failed') throw preconditionFailed(etag)
  const isRangeable = request.method === 'GET' && isRangeWanted(request.headers, etag)
  const range = isRangeable ? parseRange(request.headers.range, sizeBytes) : undefined
  if (range === 'unsatisfiable') throw rangeNotSatisfiable(sizeBytes)
  const { start, end } = range ?? { start: 0, end: sizeBytes }
  return {
    range: { start, end },
    begin() {
      response.writeHead(range ? 206 : 200, {
        'accept-ranges': 'bytes',
        'content-length': end - start,
        ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${sizeBytes}` } : {}),
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename="${name}"`,
        etag,
      })
      if (request.method !== 'HEAD') return true
      response.end()
      return false
    },
  }
}

function rangeNotSatisfiable(sizeBytes: number): ApiError {
  return new ApiError({
    code: 'range_not_satisfiable',
    field: 'Range',
    message: `the range lies outside the image's ${sizeBytes} bytes`,
    headers: { 'content-range': `bytes */${sizeBytes}` },
  })
}

function preconditionFailed(etag: string): ApiError {
  return new ApiError({
    code: 'precondition_failed',
    field: 'If-Match',
    message: 'the image has other bytes than If-Match asks for: start the download anew',
    headers: { etag },
  })
}
