import type { ImageRef } from '@slipway/core'
import type { Caller } from '../auth/authenticate.ts'
import type { PresignedUrl } from '../signing/byte-urls.ts'
import { assertCompleted } from './assert-completed.ts'
import { requireReadableImage } from './find-image.ts'
import type { LocalContext } from './local-context.ts'

interface IssueDownloadRequest {
  readonly caller: Caller
  readonly ref: ImageRef
  readonly origin: string
}

export async function issueDownload(
  { db, bytes }: LocalContext,
  { caller, ref, origin }: IssueDownloadRequest,
): Promise<PresignedUrl & { sha256: string | null; sizeBytes: number }> {
  const row = await requireReadableImage(db, { caller, ref })
  assertCompleted(row)
  const url = await bytes.issueDownload(row, { origin })
  return { ...url, sha256: row.sha256, sizeBytes: row.size_bytes ?? 0 }
}
