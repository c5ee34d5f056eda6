import type { Role, WorkspaceRef } from '@slipway/core'
import { ApiError } from '../api-error.ts'
import type { Database, TokenRow } from '../metadata/schema.ts'
import { listAccountTokens, revokeAccountToken } from '../metadata/tokens.ts'
import type { WorkspacesService } from '../workspaces/service.ts'
import type { Caller } from './authenticate.ts'
import type { TokenReader } from './token-reader.ts'
import { createToken } from './tokens.ts'

const dayMs = 86_400_000

export interface CreateTokenRequest {
  readonly caller: Caller
  readonly name: string
  readonly role: Role
  readonly workspace: WorkspaceRef | undefined
  readonly expiresInDays: number
}

/** Tokens of the caller's account. A token that is limited to a workspace manages only tokens with the same limit. */
export interface TokensService {
  list(caller: Caller): Promise<TokenRow[]>
  create(request: CreateTokenRequest): Promise<{ token: string; row: TokenRow }>
  revoke(request: { readonly caller: Caller; readonly id: string }): Promise<void>
}

export interface TokensServiceOptions {
  readonly db: Database
  readonly reader: TokenReader
  readonly workspaces: Pick<WorkspacesService, 'get'>
  readonly now: () => number
}

export function createTokensService({ db, reader, workspaces, now }: TokensServiceOptions): TokensService {
  const list = async (caller: Caller) => {
    const rows = await listAccountTokens(db, caller.account)
    return rows.filter((row) => isManaged(row, caller))
  }
  return {
    list,
    async create({ caller, name, role, workspace, expiresInDays }) {
      const limit = workspace ? (await workspaces.get({ caller, ref: workspace })).id : caller.workspaceId
      const nowMs = now()
      const expiresAtMs = nowMs + expiresInDays * dayMs
      return await createToken(db, { name, role, account: caller.account, workspaceId: limit, nowMs, expiresAtMs })
    },
    async revoke({ caller, id }) {
      const isListed = (await list(caller)).some((row) => row.id === id)
      const isRevoked = isListed && (await revokeAccountToken(db, { account: caller.account, id, nowMs: now() }))
      reader.forget(id)
      if (isRevoked) return
      throw new ApiError({
        code: 'token_not_found',
        field: 'token',
        message: 'there is no such token in this account: check the id',
      })
    },
  }
}

function isManaged(row: TokenRow, { workspaceId }: Caller): boolean {
  return workspaceId === undefined || row.workspace_id === workspaceId
}
