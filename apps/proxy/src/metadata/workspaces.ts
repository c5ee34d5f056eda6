import type { Connection, WorkspaceRow } from './schema.ts'
import { isUniqueViolation } from './sqlite-errors.ts'

export async function ensureAccount(db: Connection, id: string): Promise<void> {
  await db
    .insertInto('accounts')
    .values({ id })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** @returns undefined when a live workspace of the account holds the name */
export async function insertWorkspace(
  db: Connection,
  workspace: Omit<WorkspaceRow, 'deleted_at_ms'>,
): Promise<WorkspaceRow | undefined> {
  return await db
    .insertInto('workspaces')
    .values(workspace)
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
}

export async function findWorkspaceById(db: Connection, id: string): Promise<WorkspaceRow | undefined> {
  return await live(db).where('id', '=', id).executeTakeFirst()
}

export async function findWorkspaceByName(
  db: Connection,
  { account, name }: { account: string; name: string },
): Promise<WorkspaceRow | undefined> {
  return await live(db).where('account', '=', account).where('name', '=', name).executeTakeFirst()
}

export async function listWorkspaceRows(db: Connection, account: string): Promise<WorkspaceRow[]> {
  return await live(db).where('account', '=', account).orderBy('created_at_ms', 'desc').orderBy('id', 'desc').execute()
}

/** @returns undefined when another live workspace holds the name, or this one is gone */
export async function renameWorkspaceRow(
  db: Connection,
  { id, name }: { id: string; name: string },
): Promise<WorkspaceRow | 'name_taken' | undefined> {
  try {
    return await db
      .updateTable('workspaces')
      .set({ name })
      .where('id', '=', id)
      .where('deleted_at_ms', 'is', null)
      .returningAll()
      .executeTakeFirst()
  } catch (error) {
    if (isUniqueViolation(error)) return 'name_taken'
    throw error
  }
}

/** In one statement, so that no image can be created in between. @returns false when it holds undeleted images */
export async function deleteEmptyWorkspaceRow(
  db: Connection,
  { id, nowMs }: { id: string; nowMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('workspaces')
    .set({ deleted_at_ms: nowMs })
    .where('id', '=', id)
    .where('deleted_at_ms', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('images')
            .select('images.id')
            .whereRef('images.workspace_id', '=', 'workspaces.id')
            .where('images.deleted_at_ms', 'is', null),
        ),
      ),
    )
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

function live(db: Connection) {
  return db.selectFrom('workspaces').selectAll().where('deleted_at_ms', 'is', null)
}
