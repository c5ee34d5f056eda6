import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompiledQuery, Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addStoredBytes } from '../src/metadata/accounts.ts'
import { listAuditEvents, removeAuditEvents } from '../src/metadata/audit-events.ts'
import { parseDatabaseUrl } from '../src/metadata/database-url.ts'
import { listAbandonedUploads, listPurgeableImages, markPurged } from '../src/metadata/due-images.ts'
import { claimIdempotencyKey, removeIdempotencyKeys } from '../src/metadata/idempotency.ts'
import { countImagesByStatus } from '../src/metadata/image-counts.ts'
import { type ImagePageOptions, listImagePage } from '../src/metadata/image-pages.ts'
import {
  compareAndSetImage,
  findDefaultImage,
  findImageById,
  findImageByName,
  stateOf,
} from '../src/metadata/images.ts'
import { migrate } from '../src/metadata/migrate.ts'
import {
  claimManifestChange,
  listManifest,
  listPartPage,
  partSizeOf,
  takeParts,
  upsertPart,
} from '../src/metadata/parts.ts'
import { createPostgresDialect } from '../src/metadata/postgres.ts'
import { isPostgres } from '../src/metadata/row-locks.ts'
import type { Database, Tables } from '../src/metadata/schema.ts'
import { createSqliteDialect } from '../src/metadata/sqlite.ts'
import { findTokenByHash, recordTokenUse } from '../src/metadata/tokens.ts'
import { inTransaction } from '../src/metadata/transaction.ts'
import { deleteEmptyWorkspaceRow, findWorkspaceByName } from '../src/metadata/workspaces.ts'
import { loadInstallation } from './load-installation.ts'
import { databaseUrlFor, testDatabase } from './test-database.ts'

let folder: string
let db: Database
let statements: CompiledQuery[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-plans-'))
  const location = parseDatabaseUrl((await databaseUrlFor(folder)) ?? 'sqlite:')
  const dialect =
    location.engine === 'sqlite'
      ? createSqliteDialect({ path: join(folder, 'slipway.db') })
      : createPostgresDialect({
          ...{ location, poolSize: 2, statementTimeoutMs: 60_000, applicationName: 'plans' },
          onIdleError: () => undefined,
        })
  db = new Kysely<Tables>({ dialect, log: ({ query }) => void statements.push(query) })
  await migrate(db)
  await loadInstallation(db, { imageCount: 5000, partsPerImage: 4 })
}, 120_000)
afterAll(async () => {
  await db.destroy()
  await rm(folder, { recursive: true, force: true })
})

/** Small tables are best read whole; these are the ones that grow. */
const growing = ['images', 'parts', 'tokens', 'audit_events', 'idempotency_keys']

/** How the database would run a statement: the tables that it reads from end to end, and whether it has to sort. */
interface Plan {
  readonly scanned: readonly string[]
  readonly isSorted: boolean
}

async function planOf(query: CompiledQuery): Promise<Plan> {
  const prefix = isPostgres(db) ? 'explain (format json) ' : 'explain query plan '
  const { rows } = await db.executeQuery<Record<string, unknown>>(
    CompiledQuery.raw(prefix + query.sql, [...query.parameters]),
  )
  if (!isPostgres(db)) {
    const details = rows.map(({ detail }) => String(detail))
    const scanned = details.map((detail) => /^SCAN (\w+)$/.exec(detail)?.[1] ?? '')
    return { scanned, isSorted: details.some((detail) => detail.includes('TEMP B-TREE FOR ORDER BY')) }
  }
  const nodes: { 'Node Type': string; 'Relation Name'?: string }[] = []
  JSON.stringify(rows, (_, value) => {
    if (value?.['Node Type'] !== undefined) nodes.push(value)
    return value
  })
  return {
    scanned: nodes.flatMap((node) => (node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? ''] : [])),
    isSorted: nodes.some((node) => node['Node Type'].endsWith('Sort')),
  }
}

/** The statements that `use` sent, with their plans. */
async function plansOf(use: () => Promise<unknown>): Promise<(Plan & { sql: string })[]> {
  statements = []
  await use()
  const sent = statements.filter(({ sql: text }) => /^(select|insert|update|delete)/.test(text))
  return await Promise.all(sent.map(async (query) => ({ ...(await planOf(query)), sql: query.sql })))
}

const id = 'image_17'
const nowMs = 10_000_000
const page = (options: Partial<ImagePageOptions>) =>
  listImagePage(db, { account: 'local', includeDeleted: false, limit: 50, ...options })
const edge = { createdAtMs: 3000, id: 'image_3000' } as const

// Outside a transaction SQLite is read past Kysely, which then has nothing to log.
const reads: Readonly<Record<string, () => Promise<unknown>>> = {
  'a token by its hash': () => inTransaction(db, (transaction) => findTokenByHash(transaction, 'hash_17')),
  'an image by its id': () => inTransaction(db, (transaction) => findImageById(transaction, id)),
  'an image by its name': () => findImageByName(db, { account: 'local', workspace: 'default', name: 'name_17' }),
  'a workspace by its name': () => findWorkspaceByName(db, { account: 'local', name: 'default' }),
  'the default image': () => findDefaultImage(db, 'local'),
  'some images by their ids': () => page({ ids: ['image_1', 'image_2'] }),
  'what is abandoned': () => listAbandonedUploads(db, { beforeMs: nowMs, limit: 100 }),
  'what can be purged': () => listPurgeableImages(db, { beforeMs: nowMs, limit: 20 }),
  'the manifest': () => listManifest(db, id),
  'the size of a part': () => partSizeOf(db, { imageId: id, partNumber: 2 }),
}
const pages: Readonly<Record<string, () => Promise<unknown>>> = {
  'the first page': () => page({}),
  'a page in the middle': () => page({ startingAfter: edge as never }),
  'a page backwards': () => page({ endingBefore: edge as never }),
  'a page with deleted images': () => page({ includeDeleted: true, startingAfter: edge as never }),
  'a page of a workspace': () => page({ workspaceId: 'wksp_loaded', startingAfter: edge as never }),
  'a page of public images': () => page({ account: undefined, isPublicOnly: true, startingAfter: edge as never }),
  'a page of parts': () => listPartPage(db, { imageId: 'image_1', afterPartNumber: 5000, limit: 200 }),
  'the newest audit events': () => listAuditEvents(db, { limit: 50 }),
}
const writes: Readonly<Record<string, () => Promise<unknown>>> = {
  'the use of a token': () => recordTokenUse(db, { id: 'token_17', nowMs, intervalMs: 1 }),
  'a part': () =>
    upsertPart(db, { image_id: id, part_number: 9, size_bytes: 1, sha256: null, etag: '', blob_key: `${id}/9` }),
  'a change of the manifest': () => claimManifestChange(db, { imageId: id, nowMs }),
  'a change of state': async () => {
    const row = await findImageById(db, id)
    if (row) await compareAndSetImage(db, { from: row, to: stateOf(row), nowMs })
  },
  'an idempotency key': () =>
    claimIdempotencyKey(
      db,
      { account: 'local', key: 'new', fingerprint: '', created_at_ms: nowMs },
      { createdBeforeMs: 0 },
    ),
  'the removal of idempotency keys': () => removeIdempotencyKeys(db, { createdBeforeMs: 10, limit: 100 }),
  'the removal of audit events': () => removeAuditEvents(db, { beforeMs: 10, limit: 100 }),
  'the deletion of a workspace': () => deleteEmptyWorkspaceRow(db, { id: 'wksp_empty', nowMs }),
  'the bytes of an account': () => addStoredBytes(db, { account: 'local', sizeBytes: 1 }),
  'the removal of parts': () => takeParts(db, { imageId: 'image_18', limit: 2 }),
  'the end of a purge': () => markPurged(db, { id: 'image_18', nowMs }),
}

describe(`on ${testDatabase}, with 5000 images`, () => {
  it.each(Object.entries({ ...reads, ...writes, ...pages }))('an index answers for %s', async (_, use) => {
    const plans = await plansOf(use)
    expect(plans.length).toBeGreaterThan(0)
    for (const { scanned, sql: text } of plans) {
      expect(
        scanned.filter((table) => growing.includes(table)),
        text,
      ).toEqual([])
    }
  })

  it.each(Object.entries(pages))('the index has the order of %s', async (_, use) => {
    for (const { isSorted, sql: text } of await plansOf(use)) expect(isSorted, text).toBe(false)
  })

  it('counts images from an index alone', async () => {
    const [plan] = await plansOf(() => countImagesByStatus(db))
    expect(plan?.scanned).not.toContain('images')
  })

  it('would notice a statement without an index', async () => {
    const [plan] = await plansOf(() => sql`select count(*) from parts where etag = 'x'`.execute(db))
    expect(plan?.scanned).toEqual(['parts'])
  })
})
