import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createImageId, initialImageState } from '@slipway/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureInstallation } from '../installation.ts'
import { insertImage, type StoredImage } from '../metadata/images.ts'
import { recordObjectDigest } from '../metadata/object-digests.ts'
import { openDatabase } from '../metadata/open.ts'
import type { Database } from '../metadata/schema.ts'
import { awaitDigest } from './await-digest.ts'

const sha256 = 'a'.repeat(64)
const isKnown = (row: StoredImage) => row.object_sha256 !== null

let directory: string
let db: Database
let imageId: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-await-'))
  db = await openDatabase({ path: join(directory, 'slipway.db') })
  await ensureInstallation(db, { now: () => 1 })
  const { id: workspaceId } = await db.selectFrom('workspaces').select('id').executeTakeFirstOrThrow()
  imageId = createImageId()
  const image = { id: imageId, account: 'local', workspaceId, name: 'a', uploadId: 'u', createdAtMs: 1 }
  await insertImage(db, image, { ...initialImageState, uploadStatus: 'uploading' })
})
afterEach(async () => {
  await db.destroy()
  await rm(directory, { recursive: true, force: true })
})

describe('waiting for a digest', () => {
  it('ends when anybody has recorded it', async () => {
    let nudgeCount = 0
    const nudge = () => {
      // As another replica would, while this one waits.
      if (++nudgeCount === 2) void recordObjectDigest(db, { id: imageId, sha256 })
    }
    expect(await awaitDigest({ db, imageId, isKnown, nudge })).toMatchObject({ object_sha256: sha256 })
  })

  it('ends in time with a 503 that says when to come back', async () => {
    let nudgeCount = 0
    const waiting = awaitDigest({ db, imageId, isKnown, nudge: () => nudgeCount++, waitMs: 0 })
    await expect(waiting).rejects.toMatchObject({
      code: 'verification_pending',
      status: 503,
      headers: { 'retry-after': '2' },
    })
    expect(nudgeCount).toBe(1)
  })

  it('ends when the image is deleted', async () => {
    await db.updateTable('images').set({ deleted_at_ms: 1 }).execute()
    await expect(awaitDigest({ db, imageId, isKnown, nudge: () => undefined })).rejects.toMatchObject({ status: 404 })
  })
})
