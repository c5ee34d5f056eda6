import { createHash } from 'node:crypto'
import { join } from 'node:path'
import {
  type ImageId,
  initialTransferState,
  isImageId,
  type PartPlan,
  parseImageId,
  planParts,
  reduceTransfer,
  type TransferEvent,
  type TransferState,
} from '@slipway/core'
import { createJournal, type Journal, openJournal, readJournal } from '../journal/journal.ts'
import { type Fingerprint, isSameFingerprint } from '../source/fingerprint.ts'

/** What a journal recorded of an earlier run at the same upload. */
export interface RecordedUpload {
  readonly imageId: ImageId
  readonly plan: PartPlan
  readonly fingerprint: Fingerprint
  readonly state: TransferState
}

interface JournalHeader {
  readonly journal: 'slipway-upload'
  readonly version: 1
  readonly imageId: ImageId
  readonly fingerprint: Fingerprint
  readonly plan: PartPlan
}

/** One file for each upload that a user would call the same: this file, to this server, workspace and name. */
export function uploadJournalPath(options: {
  readonly directory: string
  readonly apiUrl: string
  /** The source's: an absolute path. */
  readonly key: string
  readonly workspace: string | undefined
  readonly name: string | undefined
}): string {
  const { directory, apiUrl, key, workspace = '', name = '' } = options
  const digest = createHash('sha256').update([apiUrl, key, workspace, name].join('\n')).digest('hex')
  return join(directory, `upload-${digest.slice(0, 32)}.jsonl`)
}

/** @returns undefined when there is none, `damaged` when it was set aside under that name */
export async function readUploadJournal(
  path: string,
): Promise<RecordedUpload | { readonly damaged: string } | undefined> {
  const record = await readJournal(path, { isHeader: isUploadHeader, isEvent: isUploadEvent })
  if (record === undefined || 'damaged' in record) return record
  const { imageId, plan, fingerprint } = record.header
  const events = [{ type: 'planned', plan } as const, ...record.events]
  return {
    imageId: parseImageId(imageId),
    plan,
    fingerprint,
    state: events.reduce(reduceTransfer, initialTransferState),
  }
}

function createUploadJournal(path: string, upload: Omit<RecordedUpload, 'state'>): Promise<Journal> {
  const { imageId, plan, fingerprint } = upload
  const header: JournalHeader = { journal: 'slipway-upload', version: 1, imageId, fingerprint, plan }
  return createJournal(path, header)
}

/** Goes on with the journal when it is of this very upload, else starts another in its place. */
export async function openUploadJournal(
  path: string,
  upload: Omit<RecordedUpload, 'state'>,
  recorded: RecordedUpload | undefined,
): Promise<Journal> {
  const isSameUpload =
    recorded?.imageId === upload.imageId &&
    recorded.plan.partSizeBytes === upload.plan.partSizeBytes &&
    isSameFingerprint(recorded.fingerprint, upload.fingerprint)
  return isSameUpload ? openJournal(path) : createUploadJournal(path, upload)
}

function isUploadHeader(header: unknown): header is JournalHeader {
  const { journal, version, imageId, plan, fingerprint } = (header ?? {}) as Partial<JournalHeader>
  if (journal !== 'slipway-upload' || version !== 1 || !isImageId(imageId)) return false
  if (!plan || !fingerprint || typeof fingerprint.mtimeNs !== 'string') return false
  try {
    return planParts(plan).partCount === plan.partCount
  } catch {
    return false
  }
}

/** Only what an upload appends: a line that is anything else means that the file is not what it was. */
function isUploadEvent(event: unknown): event is TransferEvent {
  const { type, partNumber, etag, sha256, crc32 } = (event ?? {}) as Record<string, unknown>
  if (type === 'completing') return typeof sha256 === 'string'
  return (
    type === 'part_confirmed' &&
    Number.isInteger(partNumber) &&
    typeof etag === 'string' &&
    ['undefined', 'string'].includes(typeof sha256) &&
    ['undefined', 'number'].includes(typeof crc32)
  )
}

/** What {@link uploadJournalPath} makes. */
export const uploadJournalName = /^upload-[0-9a-f]{32}\.jsonl$/
