import type { ClientOptions } from '@slipway/sdk'
import type { Output } from './output.ts'

type RequestRecord = Parameters<NonNullable<ClientOptions['onRequest']>>[0]

export interface RequestLogOptions {
  readonly output: Output
  readonly apiUrl: string
  /** Shows every request. Otherwise there is one line when the server does not answer, so that a pause has a reason. */
  readonly isVerbose: boolean
  readonly isSilent: boolean
}

export function createRequestLog({ output, apiUrl, isVerbose, isSilent }: RequestLogOptions) {
  let isAnnounced = false
  return (record: RequestRecord): void => {
    if (isVerbose) output.talk(formatRequest(record))
    if (isVerbose || isSilent || isAnnounced || !isUnanswered(record)) return
    isAnnounced = true
    output.talk(`No answer from ${apiUrl}, trying again…`)
  }
}

function isUnanswered({ status }: RequestRecord): boolean {
  return status === undefined || status === 429 || status >= 500
}

function formatRequest({ method, path, attempt, status, requestId, durationMs }: RequestRecord): string {
  const again = attempt > 1 ? `, attempt ${attempt}` : ''
  const id = requestId === undefined ? '' : `, request ${requestId}`
  return `${method} ${path}: ${status ?? 'no answer'} in ${Math.round(durationMs)} ms${again}${id}`
}
