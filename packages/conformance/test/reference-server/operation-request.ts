import type { Caller, Store } from './store.ts'

/** One request, authenticated and parsed by the contract. */
export interface OperationRequest {
  readonly store: Store
  readonly caller: Caller
  readonly prefix: string
  /** What stands in the path's one place, undecoded. */
  readonly param: string
  // biome-ignore lint/suspicious/noExplicitAny: parsed by the contract's own schema just before
  readonly query: any
  // biome-ignore lint/suspicious/noExplicitAny: parsed by the contract's own schema just before
  readonly body: any
  readonly idempotencyKey: string | undefined
  readonly origin: string
}

export type OperationHandler = (request: OperationRequest) => unknown
