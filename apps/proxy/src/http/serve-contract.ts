import type { IncomingMessage, ServerResponse } from 'node:http'
import { contract, type OperationName } from '@slipway/core'
import type { Deps } from '../deps.ts'
import { answerFailure } from './answer-failure.ts'
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
      await answerFailure({ request, response, context, thrown })
    }
  }
}

function viaOf({ headers: { via } }: IncomingMessage): string | undefined {
  return Array.isArray(via) ? via.join(', ') : via
}
