import type { CompiledQuery, DialectAdapter } from 'kysely'
import type { Connection } from './schema.ts'

interface Compilable<Row> {
  compile(): CompiledQuery<Row>
}

/** What a dialect's adapter can do when it reads a committed row without a driver's detours. */
export interface DirectReads {
  /** @returns the first row, as the database returns it */
  readRow(sql: string, parameters: readonly string[]): unknown
}

/**
 * A query with one text parameter that is built and compiled once for each database: building one takes longer than
 * SQLite needs to answer it, which counts for the two reads of every request.
 */
export function prepareQuery<Row>(build: (db: Connection, value: string) => Compilable<Row>) {
  const compiled = new WeakMap<DialectAdapter, CompiledQuery<Row>>()
  return (db: Connection, value: string): Promise<Row | undefined> => {
    // A transaction shares its database's adapter.
    const { adapter } = db.getExecutor()
    const query = compiled.get(adapter) ?? build(db, value).compile()
    compiled.set(adapter, query)
    // A transaction must see its own changes.
    if (!db.isTransaction && hasDirectReads(adapter)) {
      return Promise.resolve(adapter.readRow(query.sql, [value]) as Row | undefined)
    }
    return db.executeQuery<Row>({ ...query, parameters: [value] }).then(({ rows }) => rows[0])
  }
}

function hasDirectReads(adapter: DialectAdapter): adapter is DialectAdapter & DirectReads {
  return 'readRow' in adapter
}
