import type { Database, Tables } from '../metadata/schema.ts'

/** Well below what PostgreSQL takes as parameters of one statement. */
const batchSize = 500

interface CopyRowsOptions {
  readonly source: Database
  readonly target: Database
}

/** Tables with an id of their own that are copied as they are, after those that they refer to. */
const copiedTables = ['workspaces', 'tokens', 'audit_events'] as const satisfies readonly (keyof Tables)[]

/** Everything but images. What the target has already stays as it is there. @returns how many rows the source has */
export async function copyRows(options: CopyRowsOptions): Promise<Readonly<Record<string, number>>> {
  const { source, target } = options
  const accounts = await source.selectFrom('accounts').selectAll().execute()
  for (const { id } of accounts) {
    await target
      .insertInto('accounts')
      .values({ id, stored_bytes: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  const counts: Record<string, number> = { accounts: accounts.length }
  for (const table of copiedTables) counts[table] = await copyTable(options, table)
  counts.idempotency_keys = await copyIdempotencyKeys(options)
  return counts
}

async function copyTable({ source, target }: CopyRowsOptions, table: (typeof copiedTables)[number]): Promise<number> {
  let count = 0
  for (let afterId = ''; ; ) {
    const rows = await source
      .selectFrom(table)
      .selectAll()
      .where('id', '>', afterId)
      .orderBy('id')
      .limit(batchSize)
      .execute()
    const last = rows.at(-1)
    if (!last) return count
    await target
      .insertInto(table)
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    count += rows.length
    afterId = last.id
  }
}

/** They live for a day, so that there are never many. */
async function copyIdempotencyKeys({ source, target }: CopyRowsOptions): Promise<number> {
  const rows = await source.selectFrom('idempotency_keys').selectAll().execute()
  for (let start = 0; start < rows.length; start += batchSize) {
    await target
      .insertInto('idempotency_keys')
      .values(rows.slice(start, start + batchSize))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  return rows.length
}
