import { createWorkspaceId, generateName, type RandomBytes, type WorkspaceRef } from '@slipway/core'
import { ApiError } from '../api-error.ts'
import { changedMeanwhile, nameTaken, workspaceNotFound } from '../api-errors.ts'
import type { Caller } from '../auth/authenticate.ts'
import type { Database, WorkspaceRow } from '../metadata/schema.ts'
import {
  deleteEmptyWorkspaceRow,
  findWorkspaceById,
  insertWorkspace,
  listWorkspaceRows,
  renameWorkspaceRow,
} from '../metadata/workspaces.ts'
import { defaultWorkspaceName } from './default-workspace.ts'
import { requireWorkspace } from './find-workspace.ts'

export interface Workspace {
  readonly id: string
  readonly account: string
  readonly name: string
  readonly createdAt: Date
}

interface WorkspaceRequest {
  readonly caller: Caller
  readonly ref: WorkspaceRef
}

/** All that the workspace routes can ask for. */
export interface WorkspacesService {
  list(caller: Caller): Promise<Workspace[]>
  create(request: { readonly caller: Caller; readonly name: string | undefined }): Promise<Workspace>
  get(request: WorkspaceRequest): Promise<Workspace>
  /** An undefined name changes nothing. */
  rename(request: WorkspaceRequest & { readonly name: string | undefined }): Promise<Workspace>
  remove(request: WorkspaceRequest): Promise<Workspace>
}

export interface WorkspacesServiceOptions {
  readonly db: Database
  readonly now: () => number
  readonly random: RandomBytes
}

const maxNameAttempts = 8

export function createWorkspacesService({ db, now, random }: WorkspacesServiceOptions): WorkspacesService {
  const tryName = (account: string, name: string) =>
    insertWorkspace(db, { id: createWorkspaceId(random), account, name, created_at_ms: now() })

  return {
    async list(caller) {
      const rows = await listWorkspaceRows(db, caller.account)
      return rows.filter(({ id }) => (caller.workspaceId ?? id) === id).map(toWorkspace)
    },
    async create({ caller, name }) {
      assertWholeAccount(caller)
      if (name !== undefined) {
        const row = await tryName(caller.account, name)
        if (row) return toWorkspace(row)
        throw nameTaken(name, 'workspace')
      }
      for (let attempt = 1; attempt <= maxNameAttempts; attempt++) {
        const row = await tryName(caller.account, generateName(random))
        if (row) return toWorkspace(row)
      }
      throw changedMeanwhile()
    },
    async get(request) {
      return toWorkspace(await requireWorkspace(db, request))
    },
    async rename({ name, ...request }) {
      const row = await requireWorkspace(db, request)
      if (name === undefined || name === row.name) return toWorkspace(row)
      assertWholeAccount(request.caller)
      assertNotDefault(row)
      const renamed = await renameWorkspaceRow(db, { id: row.id, name })
      if (renamed === 'name_taken') throw nameTaken(name, 'workspace')
      if (!renamed) throw workspaceNotFound()
      return toWorkspace(renamed)
    },
    async remove(request) {
      const row = await requireWorkspace(db, request)
      assertWholeAccount(request.caller)
      assertNotDefault(row)
      if (await deleteEmptyWorkspaceRow(db, { id: row.id, nowMs: now() })) return toWorkspace(row)
      if (!(await findWorkspaceById(db, row.id))) throw workspaceNotFound()
      throw new ApiError({
        code: 'workspace_not_empty',
        message: `the workspace ${row.name} still holds images: delete them first`,
      })
    },
  }
}

function toWorkspace({ id, account, name, created_at_ms }: WorkspaceRow): Workspace {
  return { id, account, name, createdAt: new Date(created_at_ms) }
}

/** @throws {ApiError} outside_workspace */
export function assertWholeAccount({ workspaceId }: Caller): void {
  if (workspaceId === undefined) return
  throw new ApiError({
    code: 'outside_workspace',
    message: 'your token is limited to one workspace and cannot manage workspaces: use one without that limit',
  })
}

function assertNotDefault({ name }: WorkspaceRow): void {
  if (name !== defaultWorkspaceName) return
  throw new ApiError({
    code: 'default_workspace',
    message: 'the default workspace can be neither renamed nor deleted',
  })
}
