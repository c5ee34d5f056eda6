import type { RequestOptions } from '../call-options.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'

/** Who the token belongs to. */
export interface Account {
  /** The account part of resource paths: `sfc:workspace:<id>:default`. */
  readonly id: string
  readonly role: string
  readonly isFrozen: boolean
}

export async function getAccount(transport: Transport, { signal }: RequestOptions = {}): Promise<Account> {
  const { id, role, is_frozen } = await callOperation(transport, 'getAccount', { signal })
  return { id, role, isFrozen: is_frozen }
}
