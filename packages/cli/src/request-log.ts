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
    if (isVerbose) showRequest(record, output)
    if (isVerbose || isSilent || isAnnounced || !isUnanswered(record)) return
    isAnnounced = true
    output.talk(`No answer from ${apiUrl}, trying again…`)
  }
}

function showRequest(record: RequestRecord, output: Output): void {
  if (!output.isJson()) output.talk(formatRequest(record))
  const { method, path, attempt, status = null, requestId = null, durationMs } = record
  output.event({ type: 'request', method, path, attempt, status, requestId, durationMs: Math.round(durationMs) })
}

function isUnanswered({ status, isCancelled }: RequestRecord): boolean {
  if (isCancelled) return false
  return status === undefined || status === 429 || status >= 500
}

function formatRequest({ method, path, attempt, status, requestId, durationMs }: RequestRecord): string {
  const again = attempt > 1 ? `, attempt ${attempt}` : ''
  const id = requestId === undefined ? '' : `, request ${requestId}`
  return `${method} ${path}: ${status ?? 'no answer'} in ${Math.round(durationMs)} ms${again}${id}`
}
