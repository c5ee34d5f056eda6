import type { RequestOptions } from '../call-options.ts'
import { ApiError } from '../errors/api-error.ts'
import { ResponseError } from '../errors/slipway-error.ts'
import { callOperation } from '../http/call-operation.ts'
import type { Transport } from '../http/transport.ts'

/** Which of Slipway's additions a server has. */
export interface Capabilities {
  /** Name and version of the software. */
  readonly server: string
  readonly hasPartList: boolean
  readonly hasPartDigests: boolean
  /** `complete` hashes the bytes and refuses a wrong digest. */
  readonly verifiesDigest: boolean
  /** `images.create` can be repeated with its `idempotencyKey`. Undefined: the server is older than that. */
  readonly heedsIdempotencyKey?: boolean | undefined
}

/** @returns undefined from a server of the plain API, which has none of them */
export async function getCapabilities(
  transport: Transport,
  { signal }: RequestOptions = {},
): Promise<Capabilities | undefined> {
  try {
    const wire = await callOperation(transport, 'getCapabilities', { signal })
    return {
      server: wire.server,
      hasPartList: wire.list_parts,
      hasPartDigests: wire.part_sha256,
      verifiesDigest: wire.verifies_sha256,
      heedsIdempotencyKey: wire.idempotency_key,
    }
  } catch (error) {
    const isUnknownThere = error instanceof ApiError && [400, 404, 405, 501].includes(error.status)
    if (isUnknownThere || error instanceof ResponseError) return undefined
    throw error
  }
}
