import type { IncomingMessage, ServerResponse } from 'node:http'
import { contract, type OperationName } from '@slipway/core'
import { refuse } from '../bytes/refuse.ts'
import { createStreamBody } from '../bytes/request-body.ts'
import type { Deps } from '../deps.ts'
import { toApiError } from '../to-api-error.ts'
import { createHandlers } from './handlers.ts'
import type { MatchedOperation } from './operation-router.ts'
import type { RequestContext } from './request-context.ts'
import { createServeOperation, type ServeOperation } from './serve-operation.ts'

interface ContractExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly context: RequestContext
  readonly operation: MatchedOperation
}

export type ServeContract = (exchange: ContractExchange) => Promise<void>

/** Serves the contract's operations, whatever they are answered with. */
export function createServeContract(deps: Deps): ServeContract {
  const { authenticate, audit, upstream, publicUrl } = deps
  const options = { handlers: createHandlers(deps), authenticate, audit, authorize: upstream?.authorize, publicUrl }
  const names = Object.keys(contract) as OperationName[]
  const served = names.map((name) => [name, createServeOperation(name, options)])
  const operations: Readonly<Record<OperationName, ServeOperation>> = Object.fromEntries(served)

  return async ({ request, response, context, operation: { name, params } }) => {
    const serve = () => operations[name]({ request, response, context, params })
    try {
      // Only where it is needed: what runs in a scope costs a small request.
      await (upstream ? upstream.scopes.run({ requestId: context.requestId, via: viaOf(request) }, serve) : serve())
    } catch (thrown) {
      const error = toApiError(thrown, context)
      if (error.status >= 500 && !request.socket.destroyed) context.cause = error.cause
      if (!response.headersSent) response.setHeader('x-request-id', context.requestId)
      const body = createStreamBody(request)
      await refuse({ request, response, body, error, isBodyComing: true })
    }
  }
}

function viaOf({ headers: { via } }: IncomingMessage): string | undefined {
  return Array.isArray(via) ? via.join(', ') : via
}
