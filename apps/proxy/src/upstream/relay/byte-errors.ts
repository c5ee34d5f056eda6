import { errorBodySchema } from '@slipway/core'
import { ApiError } from '../../api-error.ts'
import { ForbiddenAddressError } from '../transport/guarded-agent.ts'
import type { Redact } from '../transport/redact.ts'
import { SourceGoneError, UpstreamStalledError } from './forward-part.ts'

export interface ByteAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bodyText: string
}

const retryAfterSeconds = 1

/** The upstream's storage did not take or give bytes: what the client of this server is told. */
export function toByteRefusal({ status, headers, bodyText }: ByteAnswer, { redact }: { redact: Redact }): ApiError {
  const retryAfter = textOf(headers['retry-after']) ?? String(retryAfterSeconds)
  if (status === 403) {
    // Its URL, not ours: the next attempt gets another.
    return unavailable('the upstream no longer takes the URL that it gave out: try again', { retryAfter: '1' })
  }
  if (status === 429 || status >= 500) {
    return unavailable(`the storage of the upstream answered ${status}: try again in a moment`, { retryAfter })
  }
  const envelope = envelopeOf(bodyText)
  if (envelope && status >= 400) {
    const requestId = textOf(headers['x-request-id'])
    return new ApiError({
      code: 'upstream_refused',
      message: redact(envelope.message),
      details: (envelope.details ?? []).map(({ code, message }) => ({ code, message: redact(message) })),
      passedOn: { status, type: envelope.type, requestId },
    })
  }
  return new ApiError({
    code: 'upstream_invalid',
    message: `the storage of the upstream answered ${status} (${redact(wordsOf(bodyText))}): tell the operator if it goes on`,
  })
}

/** What was thrown on the way to or from the upstream's storage. */
export function toByteError(error: unknown): unknown {
  if (error instanceof ApiError || error instanceof SourceGoneError) return error
  if (error instanceof UpstreamStalledError) {
    return new ApiError({
      code: 'upstream_timeout',
      message: 'the upstream stopped taking bytes: try again in a moment',
      headers: { 'retry-after': String(retryAfterSeconds) },
      cause: error,
    })
  }
  if (error instanceof ForbiddenAddressError) {
    return new ApiError({
      code: 'upstream_invalid',
      message:
        'the upstream gave out a URL at a loopback, private or reserved address: the operator can allow it with ' +
        '--upstream-allow-private',
      cause: error,
    })
  }
  return unavailable('the storage of the upstream cannot be reached: try again in a moment', { cause: error })
}

function unavailable(message: string, { retryAfter, cause }: { retryAfter?: string; cause?: unknown }): ApiError {
  return new ApiError({
    code: 'upstream_unavailable',
    message,
    headers: { 'retry-after': retryAfter ?? String(retryAfterSeconds) },
    ...(cause === undefined ? {} : { cause }),
  })
}

function envelopeOf(text: string) {
  try {
    return errorBodySchema.safeParse(JSON.parse(text)).data?.error
  } catch {
    // Object stores answer XML.
    return undefined
  }
}

/** Object stores say what is wrong in an XML element; the first words of anything else help a little. */
function wordsOf(text: string): string {
  const code = /<Code>([^<]{1,100})<\/Code>/.exec(text)?.[1]
  const words = (code ?? text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').replace(/\p{C}/gu, '').trim()
  return words === '' ? 'no reason given' : words.slice(0, 200)
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
