import { isUniqueViolation } from './database-condition.ts'
import { lockedAsReference, lockedForUpdate } from './row-locks.ts'
import type { Connection, Database, WorkspaceRow } from './schema.ts'
import { inTransaction } from './transaction.ts'

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

interface FindOptions {
  /** In a transaction: the workspace cannot be deleted before it ends. */
  readonly isKept?: boolean
}

export async function findWorkspaceById(
  db: Connection,
  id: string,
  { isKept = false }: FindOptions = {},
): Promise<WorkspaceRow | undefined> {
  const query = live(db).where('id', '=', id)
  return await (isKept ? lockedAsReference(db, query) : query).executeTakeFirst()
}

export async function findWorkspaceByName(
  db: Connection,
  { account, name }: { account: string; name: string },
  { isKept = false }: FindOptions = {},
): Promise<WorkspaceRow | undefined> {
  const query = live(db).where('account', '=', account).where('name', '=', name)
  return await (isKept ? lockedAsReference(db, query) : query).executeTakeFirst()
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

/**
 * Creating an image keeps its workspace from being locked here, and finds it deleted afterwards: so either the image is
 * seen by this, or it is not created. The lock is a statement of its own, since one statement does not see what was
 * committed while it waited.
 * @returns false when it holds undeleted images
 */
export async function deleteEmptyWorkspaceRow(
  db: Database,
  { id, nowMs }: { id: string; nowMs: number },
): Promise<boolean> {
  return await inTransaction(db, async (transaction) => {
    await lockedForUpdate(transaction, transaction.selectFrom('workspaces').select('id').where('id', '=', id)).execute()
    const { numUpdatedRows } = await transaction
      .updateTable('workspaces')
      .set({ deleted_at_ms: nowMs })
      .where('id', '=', id)
      .where('deleted_at_ms', 'is', null)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('images')
              .select('images.id')
              .where('images.workspace_id', '=', id)
              .where('images.deleted_at_ms', 'is', null),
          ),
        ),
      )
      .executeTakeFirst()
    return numUpdatedRows === 1n
  })
}

function live(db: Connection) {
  return db.selectFrom('workspaces').selectAll().where('deleted_at_ms', 'is', null)
}
