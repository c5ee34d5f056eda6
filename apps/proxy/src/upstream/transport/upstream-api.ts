import type { OperationName, OperationResponse } from '@slipway/core'
import { type CallOptions, type Client, NetworkError } from '@slipway/sdk'
import type { CallQueue } from './call-queue.ts'
import type { Circuit } from './circuit.ts'
import type { Redact } from './redact.ts'
import type { RequestScopes } from './request-scope.ts'
import { askedPauseMs, outcomeOf, toUpstreamApiError } from './upstream-error.ts'

/** Calls the upstream's API. What it throws is fit to be answered with. */
export interface UpstreamApi {
  /** @throws {ApiError} */
  call<K extends OperationName>(name: K, options?: CallOptions<K>): Promise<OperationResponse<K>>
}

export interface UpstreamApiOptions {
  readonly client: Pick<Client, 'call'>
  readonly circuit: Circuit
  readonly queue: CallQueue
  readonly scopes: Pick<RequestScopes, 'headers'>
  readonly redact: Redact
}

export function createUpstreamApi({ client, circuit, queue, scopes, redact }: UpstreamApiOptions): UpstreamApi {
  const attempt = async <K extends OperationName>(name: K, options: CallOptions<K>) => {
    const settle = circuit.enter()
    try {
      // Retrying is the caller's: it knows its own patience, and two layers of retries multiply.
      const answer = await client.call(name, { ...options, maxAttempts: 1 })
      settle('healthy')
      return answer
    } catch (error) {
      const pauseMs = askedPauseMs(error)
      if (pauseMs !== undefined) circuit.pause(pauseMs)
      settle(outcomeOf(error))
      throw error
    }
  }
  return {
    async call(name, options = {}) {
      const headers = { ...options.headers, ...scopes.headers() }
      try {
        return await queue.run(async () => {
          try {
            return await attempt(name, { ...options, headers })
          } catch (error) {
            // A kept connection that the other side had closed meanwhile: the request was never looked at.
            if (!(error instanceof NetworkError) || error.code !== 'connection_reset' || !isRead(name)) throw error
            return await attempt(name, { ...options, headers })
          }
        })
      } catch (error) {
        throw toUpstreamApiError(error, { redact })
      }
    },
  }
}

function isRead(name: OperationName): boolean {
  return name.startsWith('get') || name.startsWith('list')
}
