import type { CompiledQuery, DialectAdapter } from 'kysely'
import type { Connection } from './schema.ts'

interface Compilable<Row> {
  compile(): CompiledQuery<Row>
}

/**
 * A query with one text parameter that is built and compiled once for each database: building one takes longer than
 * SQLite needs to answer it, which counts for the two reads of every request.
 */
export function prepareQuery<Row>(build: (db: Connection, value: string) => Compilable<Row>) {
  const compiled = new WeakMap<DialectAdapter, CompiledQuery<Row>>()
  return async (db: Connection, value: string): Promise<Row | undefined> => {
    // A transaction shares its database's adapter.
    const { adapter } = db.getExecutor()
    const query = compiled.get(adapter) ?? build(db, value).compile()
    compiled.set(adapter, query)
    const { rows } = await db.executeQuery<Row>({ ...query, parameters: [value] })
    return rows[0]
  }
}
