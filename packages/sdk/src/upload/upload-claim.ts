import { rm } from 'node:fs/promises'
import { UploadLockedError, UsageError } from '../errors/slipway-error.ts'
import type { Transport } from '../http/transport.ts'
import type { Journal } from '../journal/journal.ts'
import { acquireLock, type Lock } from '../journal/lock.ts'
import type { ImageSource } from '../source/image-source.ts'
import { openUploadJournal, type RecordedUpload, readUploadJournal, uploadJournalPath } from './upload-journal.ts'
import type { UploadImageOptions } from './upload-options.ts'

/** The sole right on this machine to upload this file to this place, and what an earlier run recorded of it. */
export interface UploadClaim {
  readonly recorded: RecordedUpload | undefined
  /** @returns undefined when no journal is kept */
  openJournal(upload: Omit<RecordedUpload, 'state' | 'fingerprint'>): Promise<Journal | undefined>
  /** The upload is over: its record goes. */
  forget(): Promise<void>
  release(): Promise<void>
}

const noClaim: UploadClaim = {
  recorded: undefined,
  openJournal: async () => undefined,
  forget: async () => undefined,
  release: async () => undefined,
}

/** @throws {UploadLockedError} when a living process holds it, {UsageError} when the folder cannot be used */
export async function claimUpload(
  { apiUrl }: Transport,
  { identity, label }: Pick<ImageSource, 'identity' | 'label'>,
  { journalDirectory: directory, workspace, name, onEvent }: UploadImageOptions,
): Promise<UploadClaim> {
  if (directory === undefined || !identity) return noClaim
  const { key, fingerprint } = identity
  const path = uploadJournalPath({ directory, apiUrl, key, workspace, name })
  const lock = await lockUpload(path, { directory, label })
  try {
    const record = await readUploadJournal(path)
    const isDamaged = record !== undefined && 'damaged' in record
    if (isDamaged) {
      const message = `the resume record was damaged and is set aside as ${record.damaged}: going on without it`
      onEvent?.({ type: 'warning', code: 'journal_damaged', message })
    }
    const recorded = isDamaged ? undefined : record
    return {
      recorded,
      async openJournal(upload) {
        try {
          const journal = await openUploadJournal(path, { ...upload, fingerprint }, recorded)
          return tolerant(journal, (error) =>
            onEvent?.({ type: 'warning', code: 'journal_unwritable', message: unwritable(directory, error).message }),
          )
        } catch (error) {
          throw unwritable(directory, error)
        }
      },
      forget: () => rm(path, { force: true }),
      release: lock.release,
    }
  } catch (error) {
    await lock.release()
    throw error instanceof UsageError ? error : unwritable(directory, error)
  }
}

/** @throws {UploadLockedError} when a living process holds it, {UsageError} when the folder cannot be used */
export async function lockUpload(
  journalPath: string,
  { directory, label }: { readonly directory: string; readonly label: string },
): Promise<Lock> {
  const lock = await acquireLock(`${journalPath}.lock`).catch((error: unknown) => {
    throw unwritable(directory, error)
  })
  if (!('heldBy' in lock)) return lock
  const { pid, host } = lock.heldBy
  throw new UploadLockedError(`process ${pid} on ${host} is uploading ${label} already: wait for it or stop it`, {
    code: 'upload_locked',
  })
}

/** A disk that fills up half-way costs the record, not the upload: it is worth more than its resumption. */
function tolerant(journal: Journal, onFailure: (error: unknown) => void): Journal {
  let hasFailed = false
  return {
    ...journal,
    async append(event) {
      if (hasFailed) return
      await journal.append(event).catch((error: unknown) => {
        if (!hasFailed) onFailure(error)
        hasFailed = true
      })
    },
  }
}

function unwritable(directory: string, cause: unknown): UsageError {
  const { code, message } = cause as NodeJS.ErrnoException
  return new UsageError(`the folder for resume records, ${directory}, cannot be used: ${code ?? message}`, {
    code: 'journal_unwritable',
    cause,
  })
}
