import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isUploadable } from '@slipway/core'
import type { RequestOptions } from '../call-options.ts'
import type { Client } from '../client.ts'
import { atPublicBoundary } from '../errors/public-boundary.ts'
import { UsageError } from '../errors/slipway-error.ts'
import type { Lock } from '../journal/lock.ts'
import { deleteImage } from '../operations/delete-image.ts'
import { getImage } from '../operations/get-image.ts'
import { lockUpload } from './upload-claim.ts'
import { readUploadJournal, uploadJournalName } from './upload-journal.ts'

export interface AbortUploadOptions extends RequestOptions {
  /** The unfinished image: its id, resource path or name. */
  readonly image: string
  /** Where the upload kept its resume record, which goes too. Default: no record is looked for. */
  readonly journalDirectory?: string | undefined
}

/**
 * Discards an unfinished upload: the image and its parts on the server, and the local resume record.
 * @throws {UsageError} when the image is not an unfinished upload, {NotFoundError} when there is none,
 * {UploadLockedError} when a process on this machine is still uploading it
 */
export function abortUpload(client: Client, options: AbortUploadOptions): Promise<void> {
  const { image: ref, journalDirectory: directory, signal } = options
  const { transport } = client
  return atPublicBoundary(signal, async () => {
    const { id, name, uploadStatus } = await getImage(transport, ref, { signal })
    if (!isUploadable({ uploadStatus, isDeleted: false })) {
      throw new UsageError(
        `${name} (${id}) is ${uploadStatus}, not an unfinished upload: "slipway images delete" deletes`,
        { code: 'not_uploadable' },
      )
    }
    const journals = directory === undefined ? [] : await lockJournalsOf(id, directory)
    try {
      await deleteImage(transport, id, { signal })
      for (const { path } of journals) await rm(path, { force: true })
    } finally {
      for (const { lock } of journals) await lock.release()
    }
  })
}

async function lockJournalsOf(imageId: string, directory: string): Promise<{ path: string; lock: Lock }[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new UsageError(`the folder for resume records, ${directory}, cannot be read: ${error.code}`, {
      code: 'journal_unreadable',
      cause: error,
    })
  })
  const locked: { path: string; lock: Lock }[] = []
  try {
    for (const name of names.filter((candidate) => uploadJournalName.test(candidate))) {
      const path = join(directory, name)
      const record = await readUploadJournal(path)
      if (record === undefined || 'damaged' in record || record.imageId !== imageId) continue
      locked.push({ path, lock: await lockUpload(path, { directory, label: imageId }) })
    }
    return locked
  } catch (error) {
    for (const { lock } of locked) await lock.release()
    throw error
  }
}
