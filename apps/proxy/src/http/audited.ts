import type { OperationDefinition, OperationName } from '@slipway/core'
import type { Audit } from '../audit.ts'
import type { Caller } from '../auth/authenticate.ts'
import { toApiError } from '../to-api-error.ts'
import type { RequestContext } from './request-context.ts'

interface AuditedOptions {
  readonly audit: Audit
  readonly name: OperationName
  readonly definition: OperationDefinition
  readonly caller: Caller
  readonly context: RequestContext
  readonly params: Readonly<Record<string, string>>
}

/** What changes something, refusals included. A part's URL is asked for thousands of times an image and changes nothing. */
export function isAudited(name: OperationName, { method }: OperationDefinition): boolean {
  return method !== 'GET' && name !== 'createPartUrl'
}

/** Records who did what to what, and how it ended. */
export async function audited<Answer>(
  answer: () => Promise<Answer>,
  { audit, name, definition, caller, context, params }: AuditedOptions,
): Promise<Answer> {
  const named = Object.values(params)[0]?.slice(0, maxTargetLength) ?? null
  const record = (status: number, target: string | null) =>
    audit({
      account: caller.account,
      actor: caller.tokenId,
      action: name,
      target: target?.replace(tokenLike, 'sk_live_[redacted]').replaceAll('\0', '') ?? null,
      status,
      request_id: context.requestId,
    })
  try {
    const result = await answer()
    await record(definition.status, idOf(result) ?? named)
    return result
  } catch (error) {
    await record(toApiError(error, context).status, named)
    throw error
  }
}

const maxTargetLength = 600
const tokenLike = /sk_live_[A-Za-z0-9_-]+/g

function idOf(answer: unknown): string | undefined {
  const id = typeof answer === 'object' && answer !== null && 'id' in answer ? answer.id : undefined
  return typeof id === 'string' ? id : undefined
}
