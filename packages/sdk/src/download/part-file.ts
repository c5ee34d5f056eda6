import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { type PartPlan, planParts } from '@slipway/core'
import { createJournal, type Journal, openJournal, readJournal } from '../journal/journal.ts'
import { toDestinationError } from './destination.ts'
import type { DownloadImageOptions } from './download-options.ts'

/** The bytes on their way to be a file: `<destination>.part`, and beside it the record of what it holds. */
export interface PartFile {
  readonly path: string
  readonly fd: number
  readonly plan: PartPlan
  /** The numbers of the ranges that an earlier run has written. */
  readonly written: ReadonlySet<number>
  readonly reusedBytes: number
  write(bytes: Buffer, position: number): Promise<void>
  /** Records a range as written. */
  confirm(partNumber: number): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

interface JournalHeader {
  readonly journal: 'slipway-download'
  readonly version: 1
  readonly sizeBytes: number
  readonly sha256: string | null
  readonly plan: PartPlan
}

/**
 * The range's bytes were handed to the operating system, which keeps them whatever happens to the process. A power cut can
 * lose them: then the digest does not match in the end, and the download starts over.
 */
interface RangeWritten {
  readonly type: 'range_written'
  readonly partNumber: number
}

export interface OpenPartFileOptions extends Pick<DownloadImageOptions, 'onEvent' | 'partSizeBytes'> {
  readonly sizeBytes: number
  readonly sha256: string | null
}

/** Goes on with what an earlier run has left of the same image, else begins with a file of one hole. */
export async function openPartFile(destination: string, options: OpenPartFileOptions): Promise<PartFile> {
  const path = `${destination}.part`
  const journalPath = `${path}.journal`
  const plan = planParts(options)
  const written = await readWritten(path, journalPath, plan, options)
  let handle: FileHandle
  let journal: Journal
  try {
    handle = await open(path, written ? 'r+' : 'w+', 0o644)
  } catch (error) {
    throw toDestinationError(path, error)
  }
  try {
    await handle.truncate(plan.sizeBytes)
    const { sizeBytes, sha256 } = options
    const header: JournalHeader = { journal: 'slipway-download', version: 1, sizeBytes, sha256, plan }
    journal = written ? await openJournal(journalPath) : await createJournal(journalPath, header)
  } catch (error) {
    await handle.close()
    throw toDestinationError(path, error)
  }
  const reusedBytes = [...(written ?? [])].reduce(
    (sum, partNumber) => sum + Math.min(plan.partSizeBytes, plan.sizeBytes - (partNumber - 1) * plan.partSizeBytes),
    0,
  )
  return {
    path,
    fd: handle.fd,
    plan,
    written: written ?? new Set(),
    reusedBytes,
    async write(bytes, position) {
      try {
        let done = 0
        while (done < bytes.length) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
          done += bytesWritten
        }
      } catch (error) {
        throw toDestinationError(path, error)
      }
    },
    async confirm(partNumber) {
      const event: RangeWritten = { type: 'range_written', partNumber }
      await journal.append(event).catch((error: unknown) => {
        throw toDestinationError(journalPath, error)
      })
    },
    async sync() {
      await handle.datasync().catch((error: unknown) => {
        throw toDestinationError(path, error)
      })
    },
    async close() {
      await journal.close()
      await handle.close()
    },
  }
}

/** Nothing that could mislead a later run stays behind. */
export async function removePartFile(destination: string): Promise<void> {
  await rm(`${destination}.part`, { force: true })
  await rm(`${destination}.part.journal`, { force: true })
}

async function readWritten(
  path: string,
  journalPath: string,
  plan: PartPlan,
  { sha256, onEvent }: OpenPartFileOptions,
): Promise<ReadonlySet<number> | undefined> {
  const record = await readJournal(journalPath, { isHeader, isEvent })
  if (record && 'damaged' in record) {
    const message = `the resume record was damaged and is set aside as ${record.damaged}: starting over`
    onEvent?.({ type: 'warning', code: 'journal_damaged', message })
    return undefined
  }
  const isSameImage =
    // Without a digest nothing would tell that the image is another one by now.
    record !== undefined &&
    sha256 !== null &&
    record.header.sha256 === sha256 &&
    record.header.sizeBytes === plan.sizeBytes
  if (!isSameImage || record.header.plan.partSizeBytes !== plan.partSizeBytes) return undefined
  const stats = await stat(path).catch(() => undefined)
  if (stats?.size !== plan.sizeBytes) return undefined
  const { partCount } = plan
  return new Set(record.events.map(({ partNumber }) => partNumber).filter((partNumber) => partNumber <= partCount))
}

function isHeader(header: unknown): header is JournalHeader {
  const { journal, version, plan } = (header ?? {}) as Partial<JournalHeader>
  return journal === 'slipway-download' && version === 1 && typeof plan?.partSizeBytes === 'number'
}

function isEvent(event: unknown): event is RangeWritten {
  const { type, partNumber } = (event ?? {}) as Partial<RangeWritten>
  return type === 'range_written' && Number.isInteger(partNumber) && Number(partNumber) >= 1
}
