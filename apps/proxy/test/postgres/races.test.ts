import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { purgeImages } from '../../src/maintenance/purge-images.ts'
import { addStoredBytes, storedBytesOf } from '../../src/metadata/accounts.ts'
import { acquireLease } from '../../src/metadata/leases.ts'
import { takeParts } from '../../src/metadata/parts.ts'
import type { Database } from '../../src/metadata/schema.ts'
import { ensureSecrets, listSecretRows, rotateSecret } from '../../src/metadata/secrets.ts'
import { recordTokenUse } from '../../src/metadata/tokens.ts'
import { inTransaction } from '../../src/metadata/transaction.ts'
import { findWorkspaceById } from '../../src/metadata/workspaces.ts'
import { bytesOf, complete, createImage, defaultWorkspace, putPart, sha256Of } from '../uploading.ts'
import { holdTransaction, untilSomebodyWaits } from './held-transaction.ts'
import { type Replicas, startReplicas } from './replicas.ts'

let replicas: Replicas
let dbs: readonly Database[]
beforeAll(async () => {
  replicas = await startReplicas()
  dbs = [replicas.first.deps.db, replicas.second.deps.db]
})
afterAll(() => replicas.stop())

const times = <Result>(count: number, run: (replica: 'first' | 'second', index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => run(index % 2 === 0 ? 'first' : 'second', index)))
const dbOf = (replica: 'first' | 'second') => replicas[replica].deps.db

describe('a workspace', () => {
  const newWorkspace = async () => (await replicas.first.api('POST', '/v2/workspaces', {})).body.id as string

  it('is not deleted while an image is being created in it', async () => {
    const id = await newWorkspace()
    const creation = await holdTransaction(dbOf('first'), async (transaction) => {
      await findWorkspaceById(transaction, id, { isKept: true })
      const state = { is_public: 0, is_default: 0, is_sha256_verified: 0, manifest_revision: 0 }
      const image = { id: 'image_held', account: 'local', workspace_id: id, name: 'held', upload_status: 'started' }
      await transaction
        .insertInto('images')
        .values({ ...image, ...state, upload_status: 'started', created_at_ms: Date.now() })
        .execute()
    })
    const deletion = replicas.second.api('DELETE', `/v2/workspaces/${id}`)
    await untilSomebodyWaits(dbOf('first'))
    await creation.commit()
    expect((await deletion).body.error?.details[0].code).toBe('workspace_not_empty')
  })

  it('takes no image while it is being deleted', async () => {
    const id = await newWorkspace()
    const deletion = await holdTransaction(dbOf('first'), async (transaction) => {
      await transaction.selectFrom('workspaces').select('id').where('id', '=', id).forUpdate().execute()
      await transaction.updateTable('workspaces').set({ deleted_at_ms: 1 }).where('id', '=', id).execute()
    })
    const creation = replicas.second.api('POST', '/v2/images', { workspace: id, name: 'late' })
    await untilSomebodyWaits(dbOf('first'))
    await deletion.commit()
    expect((await creation).status).toBe(404)
    const { rows } = await selectImagesOf(id)
    expect(rows).toEqual([])
  })

  const selectImagesOf = async (id: string) => ({
    rows: await dbOf('first').selectFrom('images').select('id').where('workspace_id', '=', id).execute(),
  })
})

describe('a creation that is sent to both replicas', () => {
  it('makes one image under one key, whether it has a name or not', async () => {
    for (const name of [null, 'idempotent']) {
      const headers = { 'idempotency-key': `key-of-${name}` }
      const body = { workspace: defaultWorkspace, name }
      const answers = await times(12, (replica) => replicas[replica].api('POST', '/v2/images', body, headers))
      expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(201))
      expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1)
    }
  })

  it('makes one image of a name without a key', async () => {
    const body = { workspace: defaultWorkspace, name: 'raced' }
    const answers = await times(12, (replica) => replicas[replica].api('POST', '/v2/images', body))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(11).fill(409)])
  })
})

it('moves the default image once for each who asks, and never has two', async () => {
  const bytes = bytesOf(64)
  const ids = await times(8, async (replica) => {
    const { api } = replicas[replica]
    const id = await createImage(api)
    await putPart(api, id, 1, bytes)
    await complete(api, id, sha256Of(bytes))
    await api('POST', `/v2/admin/images/${id}/publish`)
    return id
  })
  const answers = await times(24, (replica, index) =>
    replicas[replica].api('POST', `/v2/admin/images/${ids[index % 8]}/set-default`),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array(24).fill(200))
  const rows = await dbOf('first').selectFrom('images').select('id').where('is_default', '=', 1).execute()
  expect(rows).toHaveLength(1)
})

it('makes one secret for all who start at once, and keeps one that signs through concurrent rotations', async () => {
  await dbOf('first').deleteFrom('secrets').where('purpose', '=', 'cursor').execute()
  const made = await times(12, (replica) => ensureSecrets(dbOf(replica), 'cursor', 1))
  expect(new Set(made.map((secrets) => secrets.map(({ id }) => id).join())).size).toBe(1)
  await times(4, (replica) => rotateSecret(dbOf(replica), 'cursor', 2))
  const rows = await listSecretRows(dbOf('first'), 'cursor')
  expect(rows.map(({ retired_at_ms }) => retired_at_ms)).toEqual([null, 2, 2, 2, 2])
})

it('counts every byte that both replicas add at once', async () => {
  const before = await storedBytesOf(dbOf('first'), 'local')
  await times(40, (replica) =>
    inTransaction(dbOf(replica), (transaction) => addStoredBytes(transaction, { account: 'local', sizeBytes: 3 })),
  )
  expect(await storedBytesOf(dbOf('first'), 'local')).toBe(before + 120)
})

it('records the use of a token once in an interval, whichever replica sees it', async () => {
  const [token] = await dbOf('first').selectFrom('tokens').selectAll().limit(1).execute()
  const id = token?.id ?? ''
  const nowMs = Date.now() + 3_600_000
  await recordTokenUse(dbOf('first'), { id, nowMs, intervalMs: 60_000 })
  await recordTokenUse(dbOf('second'), { id, nowMs: nowMs + 59_000, intervalMs: 60_000 })
  const after = await dbOf('first').selectFrom('tokens').select('last_used_at_ms').where('id', '=', id).execute()
  expect(after).toEqual([{ last_used_at_ms: nowMs }])
})

describe('a purge that two replicas are at, since one had stopped for longer than its lease', () => {
  it('takes each part once, counts its bytes once, and ends when none is left', async () => {
    const [db, other] = dbs as [Database, Database]
    const id = 'image_purged'
    const { id: workspaceId } = (await replicas.first.api('POST', '/v2/workspaces', {})).body
    const state = { is_public: 0, is_default: 0, is_sha256_verified: 0, manifest_revision: 0, created_at_ms: 1 }
    const row = { id, account: 'local', workspace_id: workspaceId, name: 'purged', deleted_at_ms: 1 }
    await db
      .insertInto('images')
      .values({ ...row, ...state, upload_status: 'started' })
      .execute()
    const parts = Array.from({ length: 250 }, (_, index) => ({
      ...{ image_id: id, part_number: index + 1, size_bytes: 10, etag: '', sha256: null },
      blob_key: `${id}/${index + 1}-AAAAAAAAAAAA.part`,
    }))
    await db.insertInto('parts').values(parts).execute()
    await addStoredBytes(db, { account: 'local', sizeBytes: 2500 })
    const before = await storedBytesOf(db, 'local')

    const slow = await holdTransaction(other, async (transaction) => {
      const taken = await takeParts(transaction, { imageId: id, limit: 200 })
      await addStoredBytes(transaction, { account: 'local', sizeBytes: -10 * taken.length })
      return taken.length
    })
    const job = { db, now: () => 10, keepGoing: async () => true }
    const purge = purgeImages(job, { purgeGraceMs: 0, storage: replicas.first.deps.storage })
    await untilSomebodyWaits(db)
    await slow.commit()
    await purge
    expect(slow.result).toBe(200)
    expect(await storedBytesOf(db, 'local')).toBe(before - 2500)
    const left = await db.selectFrom('parts').select('part_number').where('image_id', '=', id).execute()
    expect(left).toEqual([])
    const [image] = await db.selectFrom('images').select('purged_at_ms').where('id', '=', id).execute()
    expect(image?.purged_at_ms).toBe(10)
  })
})

describe('a lease', () => {
  it('goes to one of many who ask at once', async () => {
    const claims = await times(12, (replica, index) =>
      acquireLease(dbOf(replica), { name: 'raced', holder: `${index}`, nowMs: Date.now(), lifetimeMs: 60_000 }),
    )
    expect(claims.filter(Boolean)).toHaveLength(1)
  })

  it('is neither lost nor kept because the clocks of two replicas differ by an hour', async () => {
    const [db, other] = dbs as [Database, Database]
    const hourMs = 3_600_000
    const claim = { name: 'skewed', lifetimeMs: 60_000 }
    expect(await acquireLease(db, { ...claim, holder: 'late', nowMs: Date.now() - hourMs })).toBe(true)
    expect(await acquireLease(other, { ...claim, holder: 'early', nowMs: Date.now() + hourMs })).toBe(false)
    expect(await acquireLease(db, { ...claim, holder: 'late', nowMs: Date.now() - hourMs, lifetimeMs: -1 })).toBe(true)
    expect(await acquireLease(other, { ...claim, holder: 'early', nowMs: Date.now() - 2 * hourMs })).toBe(true)
  })
})
