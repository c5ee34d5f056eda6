import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createImageId, initialImageState } from '@slipway/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureInstallation } from '../installation.ts'
import { findImageById, insertImage } from '../metadata/images.ts'
import { acquireLease } from '../metadata/leases.ts'
import { openDatabase } from '../metadata/open.ts'
import type { Database } from '../metadata/schema.ts'
import { createVerifier, type VerifierOptions } from './verifier.ts'

const right = 'a'.repeat(64)
const wrong = 'b'.repeat(64)
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

let directory: string
let databases: Database[]
let nowMs: number
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-verifier-'))
  databases = []
  nowMs = 1_000_000
})
afterEach(async () => {
  for (const db of databases) await db.destroy()
  await rm(directory, { recursive: true, force: true })
})

/** One more server on the same database. */
async function openReplica(): Promise<Database> {
  const db = await openDatabase({ path: join(directory, 'slipway.db') })
  databases.push(db)
  await ensureInstallation(db, { now: () => nowMs })
  return db
}

async function insertCompleted(db: Database, count: number): Promise<string[]> {
  const { id: workspaceId } = await db.selectFrom('workspaces').select('id').executeTakeFirstOrThrow()
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const id = createImageId()
    const state = { ...initialImageState, uploadStatus: 'completed', sha256: right } as const
    const image = { id, account: 'local', workspaceId, name: id, uploadId: 'u', createdAtMs: index }
    await insertImage(db, image, state)
    await db.updateTable('images').set({ completed_at_ms: index, size_bytes: 1 }).where('id', '=', id).execute()
    ids.push(id)
  }
  return ids
}

function verifierOn(db: Database, hashImage: VerifierOptions['hashImage']) {
  return createVerifier({ db, now: () => nowMs, log: quiet, hashImage })
}

describe('the verifier', () => {
  it('does each image once, however many replicas look for work', async () => {
    const replicas = [await openReplica(), await openReplica(), await openReplica()]
    const ids = await insertCompleted(replicas[0] as Database, 30)
    const hashed: string[] = []
    const counts = await Promise.all(
      replicas.map((db) =>
        verifierOn(db, async ({ id }) => {
          hashed.push(id)
          return right
        }).runOnce(),
      ),
    )
    expect(hashed.toSorted()).toEqual(ids.toSorted())
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30)
    for (const id of ids) expect((await findImageById(replicas[1] as Database, id))?.is_sha256_verified).toBe(1)
  })

  it('leaves an image to its holder, and takes it up once a dead holder has lost its lease', async () => {
    const db = await openReplica()
    const [id = ''] = await insertCompleted(db, 1)
    const lease = { name: `verify:${id}`, holder: 'a dead replica', nowMs, lifetimeMs: 60_000 }
    expect(await acquireLease(db, lease)).toBe(true)
    const verifier = verifierOn(db, async () => right)
    expect(await verifier.runOnce()).toBe(0)
    nowMs += 60_000
    expect(await verifier.runOnce()).toBe(1)
  })

  it('makes an image with other bytes failed, with the reason, and frees its lease', async () => {
    const db = await openReplica()
    const [id = ''] = await insertCompleted(db, 1)
    expect(await verifierOn(db, async () => wrong).runOnce()).toBe(1)
    expect(await findImageById(db, id)).toMatchObject({
      upload_status: 'failed',
      failed_at_ms: nowMs,
      is_sha256_verified: 0,
      failure_reason: `the stored bytes have the digest ${wrong}, not the declared ${right}`,
    })
    expect(await db.selectFrom('leases').selectAll().execute()).toEqual([])
  })

  it('changes nothing of an image that was deleted or revoked while it was hashed', async () => {
    const db = await openReplica()
    const [deleted = '', revoked = ''] = await insertCompleted(db, 2)
    await verifierOn(db, async ({ id }) => {
      const change = id === deleted ? { deleted_at_ms: 1 } : { upload_status: 'revoked' as const }
      await db.updateTable('images').set(change).where('id', '=', id).execute()
      return wrong
    }).runOnce()
    expect(await findImageById(db, deleted)).toMatchObject({ upload_status: 'completed', failure_reason: null })
    expect(await findImageById(db, revoked)).toMatchObject({ upload_status: 'revoked', failure_reason: null })
  })

  it('tries an image that cannot be read again later, and fails none for it', async () => {
    const db = await openReplica()
    const [id = ''] = await insertCompleted(db, 2)
    let isDown = true
    const verifier = verifierOn(db, async (row) => {
      if (isDown && row.id === id) throw new Error('the store is down')
      return right
    })
    expect(await verifier.runOnce()).toBe(1)
    isDown = false
    expect(await verifier.runOnce()).toBe(0)
    nowMs += 60_000
    expect(await verifier.runOnce()).toBe(1)
    expect((await findImageById(db, id))?.is_sha256_verified).toBe(1)
  })

  it('does not let a large image hold up the others', async () => {
    const db = await openReplica()
    const [large = ''] = await insertCompleted(db, 1)
    const verifier = verifierOn(db, ({ id }, signal) => {
      if (id !== large) return Promise.resolve(right)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
    })
    verifier.start()
    await expect.poll(() => db.selectFrom('leases').selectAll().execute()).toHaveLength(1)
    const ids = await insertCompleted(db, 60)
    verifier.nudge()
    await expect.poll(async () => (await findImageById(db, ids.at(-1) ?? ''))?.is_sha256_verified).toBe(1)
    await verifier.stop()
    expect((await findImageById(db, large))?.is_sha256_verified).toBe(0)
  })

  it('gives up what is underway when it is stopped', async () => {
    const db = await openReplica()
    const [id = ''] = await insertCompleted(db, 1)
    const verifier = verifierOn(
      db,
      (_, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    )
    verifier.start()
    await expect.poll(() => db.selectFrom('leases').selectAll().execute()).toHaveLength(1)
    await verifier.stop()
    expect(await findImageById(db, id)).toMatchObject({ upload_status: 'completed', is_sha256_verified: 0 })
    expect(await db.selectFrom('leases').selectAll().execute()).toEqual([])
  })
})
