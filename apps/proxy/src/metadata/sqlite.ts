import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { type Dialect, SqliteAdapter, SqliteDialect, type SqliteStatement } from 'kysely'
import type { DirectReads } from './prepared-query.ts'

/** Waiting for the lock of another process, such as `token create` beside a running server. */
const busyTimeoutMs = 5000
/** Statements are compiled once; the server has fewer than a hundred different ones. */
const maxCachedStatements = 256

/** Kysely's SQLite dialect over `node:sqlite`. What only SQLite understands stays in this file. */
export function createSqliteDialect({ path }: { path: string }): Dialect {
  const reader = createReader(path)
  const dialect = new SqliteDialect({ database: async () => openDatabase(path, { onClose: reader.close }) })
  return {
    createDriver: () => dialect.createDriver(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    // SQLite can roll back schema changes: a migration that a crash interrupts leaves nothing behind, and two processes
    // that migrate at once take turns.
    createAdapter: () =>
      Object.defineProperties(new SqliteAdapter(), {
        supportsTransactionalDdl: { value: true },
        readRow: { value: reader.readRow satisfies DirectReads['readRow'] },
      }),
  }
}

/**
 * A second connection, which sees what is committed and nothing else: a read on it neither waits for the transaction that
 * the first connection is in nor takes the turns that asynchronous drivers take, which cost more than the read itself.
 */
function createReader(path: string) {
  let database: DatabaseSync | undefined
  const statements = new Map<string, { readonly statement: StatementSync; readonly toRow: ToRow }>()
  const prepare = (sql: string) => {
    database ??= new DatabaseSync(path, { timeout: busyTimeoutMs, readOnly: true })
    const statement = database.prepare(sql)
    // Looking up the names of the columns anew for every row takes as long as reading it.
    statement.setReturnArrays(true)
    const prepared = { statement, toRow: compileToRow(statement.columns().map(({ name }) => name)) }
    statements.set(sql, prepared)
    return prepared
  }
  return {
    readRow(sql: string, parameters: readonly string[]) {
      const { statement, toRow } = statements.get(sql) ?? prepare(sql)
      const values = statement.get(...parameters) as unknown as readonly SQLOutputValue[] | undefined
      return values && toRow(values)
    },
    close() {
      statements.clear()
      database?.close()
      database = undefined
    },
  }
}

type ToRow = (values: readonly SQLOutputValue[]) => Record<string, SQLOutputValue>

/**
 * Compiles an object literal of the columns. An object that is filled by name becomes a dictionary at a dozen columns, and
 * reading one like that is slow everywhere: a twentieth of a small request.
 * @param names of a statement of this program's own
 */
function compileToRow(names: readonly string[]): ToRow {
  const fields = names.map((name, index) => `${JSON.stringify(name)}: values[${index}]`)
  return new Function('values', `return { ${fields.join(', ')} }`) as ToRow
}

function openDatabase(path: string, { onClose }: { onClose: () => void }) {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true })
  database.exec('PRAGMA journal_mode = WAL')
  // FULL, since in WAL mode NORMAL may lose acknowledged transactions to a power cut.
  database.exec('PRAGMA synchronous = FULL')
  const statements = new Map<string, SqliteStatement>()
  return {
    close() {
      onClose()
      database.close()
    },
    prepare(sql: string) {
      const cached = statements.get(sql)
      if (cached) return cached
      // A deferred transaction that reads before it writes fails at once when another process wrote meanwhile
      // (SQLITE_BUSY_SNAPSHOT, which no timeout waits for); an immediate one waits at its beginning.
      const adapted = adaptStatement(database.prepare(sql === 'begin' ? 'begin immediate' : sql))
      // A full disk makes SQLite roll back by itself; a second rollback would hide the reason behind an error of its own.
      const statement = sql === 'rollback' ? onlyWhen(() => database.isTransaction, adapted) : adapted
      if (statements.size >= maxCachedStatements) statements.clear()
      statements.set(sql, statement)
      return statement
    },
  }
}

function adaptStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
    run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
    iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
  }
}

function onlyWhen(isNeeded: () => boolean, statement: SqliteStatement): SqliteStatement {
  return {
    ...statement,
    run: (parameters) => (isNeeded() ? statement.run(parameters) : { changes: 0, lastInsertRowid: 0 }),
  }
}
