import { randomUUID } from 'node:crypto'
import { constants, copyFile, link, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncDirectory } from '../blobs/filesystem/sync-directory.ts'
import type { DataDirectory } from '../data-directory.ts'
import { purgeLeaseName } from '../maintenance/maintenance.ts'
import { addStoredBytes } from '../metadata/accounts.ts'
import { acquireLease, releaseLease } from '../metadata/leases.ts'
import { openDatabase } from '../metadata/open.ts'
import type { Database } from '../metadata/schema.ts'
import { snapshotDatabase } from '../metadata/snapshot.ts'

export interface BackupOptions {
  readonly source: DataDirectory
  /** The source's database, for the lease that keeps bytes from being purged meanwhile. */
  readonly db: Database
  /** Made by the backup; must not exist. */
  readonly target: string
  readonly now: () => number
}

export interface BackupResult {
  readonly partCount: number
  readonly linkedCount: number
  /** Parts of unfinished uploads that were sent anew while the backup ran: those uploads lack them. */
  readonly droppedCount: number
}

const leaseLifetimeMs = 5 * 60_000
const leaseWaitMs = 1000
const maxLeaseAttempts = 60
/** The lease is renewed once in so many parts. */
const renewalInterval = 100

/**
 * Copies an installation while it serves: the database as of one moment, then the blobs that it names. Blobs never change,
 * so that a hard link is a copy where both are on one file system. The target gets its name when it is whole.
 */
export async function backUp({ source, db, target, now }: BackupOptions): Promise<BackupResult> {
  const building = `${target}.${randomUUID().slice(0, 8)}.tmp`
  const lease = { name: purgeLeaseName, holder: `backup ${randomUUID()}` }
  const renew = () => acquireLease(db, { ...lease, nowMs: now(), lifetimeMs: leaseLifetimeMs })
  for (let attempt = 1; !(await renew()); attempt++) {
    if (attempt === maxLeaseAttempts) throw new Error('bytes are being purged: try again when that is over')
    await new Promise((resolve) => setTimeout(resolve, leaseWaitMs))
  }
  try {
    await mkdir(join(building, 'blobs'), { recursive: true })
    const databasePath = join(building, 'slipway.db')
    await snapshotDatabase({ path: source.databasePath, target: databasePath })
    const copy = await openDatabase({ path: databasePath })
    let result: BackupResult
    try {
      result = await copyBlobs({ copy, from: source.blobsPath, to: join(building, 'blobs'), renew })
      await copy.deleteFrom('leases').execute()
    } finally {
      await copy.destroy()
    }
    await syncFile(databasePath)
    await syncDirectory(building)
    await rename(building, target)
    await syncDirectory(dirname(target))
    return result
  } catch (error) {
    await rm(building, { recursive: true, force: true })
    throw error
  } finally {
    await releaseLease(db, lease)
  }
}

interface CopyBlobsOptions {
  readonly copy: Database
  readonly from: string
  readonly to: string
  readonly renew: () => Promise<boolean>
}

async function copyBlobs({ copy, from, to, renew }: CopyBlobsOptions): Promise<BackupResult> {
  const rows = await copy
    .selectFrom('parts')
    .innerJoin('images', 'images.id', 'parts.image_id')
    .selectAll('parts')
    .select(['images.upload_status', 'images.account'])
    .orderBy('parts.image_id')
    .orderBy('parts.part_number')
    .execute()
  let linkedCount = 0
  let droppedCount = 0
  let imageId: string | undefined
  for (const [index, row] of rows.entries()) {
    if (index % renewalInterval === 0 && !(await renew())) throw new Error('the backup lost its lease: run it again')
    if (row.image_id !== imageId) {
      if (imageId !== undefined) await syncDirectory(join(to, imageId))
      imageId = row.image_id
      await mkdir(join(to, imageId))
    }
    const outcome = await place(join(from, row.blob_key), join(to, row.blob_key))
    if (outcome === 'linked') linkedCount++
    if (outcome !== 'gone') continue
    if (row.upload_status === 'completed' || row.upload_status === 'revoked') {
      throw new Error(`part ${row.part_number} of the image ${row.image_id} is missing in storage: run scrub`)
    }
    droppedCount++
    await copy
      .deleteFrom('parts')
      .where('image_id', '=', row.image_id)
      .where('part_number', '=', row.part_number)
      .execute()
    await addStoredBytes(copy, { account: row.account, sizeBytes: -row.size_bytes })
  }
  if (imageId !== undefined) await syncDirectory(join(to, imageId))
  await syncDirectory(to)
  return { partCount: rows.length - droppedCount, linkedCount, droppedCount }
}

/** Other file systems, and some network ones, cannot hold a link to the blob. */
const unlinkableErrnos = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS'])

async function place(from: string, to: string): Promise<'linked' | 'copied' | 'gone'> {
  try {
    await link(from, to)
    return 'linked'
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return 'gone'
    if (!unlinkableErrnos.has(code)) throw error
  }
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone'
    throw error
  }
  await syncFile(to)
  return 'copied'
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
