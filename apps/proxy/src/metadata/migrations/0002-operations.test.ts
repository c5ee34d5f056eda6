import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Tables } from '../schema.ts'
import { createSqliteDialect } from '../sqlite.ts'
import * as initial from './0001-initial.ts'
import * as operations from './0002-operations.ts'

let directory: string
let db: Kysely<Tables>
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-migration-'))
  db = new Kysely<Tables>({ dialect: createSqliteDialect({ path: join(directory, 'slipway.db') }) })
})
afterEach(async () => {
  await db.destroy()
  rmSync(directory, { recursive: true, force: true })
})

it('counts the bytes that an installation holds already, account by account', async () => {
  await initial.up(db)
  const created_at_ms = 1
  await db
    .insertInto('accounts')
    .values([{ id: 'full' }, { id: 'empty' }])
    .execute()
  await db.insertInto('workspaces').values({ id: 'wksp_a', account: 'full', name: 'default', created_at_ms }).execute()
  const image = { account: 'full', workspace_id: 'wksp_a', upload_status: 'uploading', created_at_ms } as const
  const zeros = { is_sha256_verified: 0, is_public: 0, is_default: 0, manifest_revision: 0 }
  for (const id of ['image_a', 'image_b']) {
    await db
      .insertInto('images')
      .values({ ...image, ...zeros, id, name: id })
      .execute()
    for (const part_number of [1, 2]) {
      const blob_key = `${id}/${part_number}`
      await db
        .insertInto('parts')
        .values({ image_id: id, part_number, size_bytes: 100, sha256: null, etag: '', blob_key })
        .execute()
    }
  }
  await operations.up(db)
  expect(await db.selectFrom('accounts').selectAll().orderBy('id').execute()).toEqual([
    { id: 'empty', stored_bytes: 0 },
    { id: 'full', stored_bytes: 400 },
  ])
})
