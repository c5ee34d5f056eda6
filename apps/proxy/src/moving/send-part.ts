import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ObjectStore, UploadedPart, UploadKey } from '../storage/s3/object-store.ts'
import { StoreError } from '../storage/s3/store-error.ts'

/** A part's bytes in a file of this machine. */
export interface LocalPart {
  readonly path: string
  readonly partNumber: number
  readonly sizeBytes: number
}

export interface SendPartOptions {
  readonly store: Pick<ObjectStore, 'putPart'>
  readonly upload: UploadKey
  readonly part: LocalPart
  readonly md5: Buffer
}

const maxAttempts = 6
const firstDelayMs = 500

/** Sends a part under its MD5, by which the store refuses whatever else arrives; again when that fails. */
export async function sendPart({ store, upload, part, md5 }: SendPartOptions): Promise<void> {
  const { path, partNumber, sizeBytes } = part
  for (let attempt = 1; ; attempt++) {
    const body = createReadStream(path)
    try {
      await store.putPart(upload, { partNumber, lengthBytes: sizeBytes, md5: md5.toString('base64'), body })
      return
    } catch (error) {
      if (attempt === maxAttempts || !isPassing(error)) throw error
      await sleep(Math.random() * firstDelayMs * 2 ** attempt)
    } finally {
      body.destroy()
    }
  }
}

/** True when the store has the part as it is here, as far as stores tell: the ETag of a part is its MD5 in most of them. */
export function isHeld({ sizeBytes }: LocalPart, md5: Buffer, held: UploadedPart | undefined): boolean {
  return held?.sizeBytes === sizeBytes && held.etag === `"${md5.toString('hex')}"`
}

/**
 * Reads a part once for both digests.
 * @param whole takes the part's bytes in, as the next ones of the image
 * @returns the part's MD5
 * @throws {Error} when the file has another length than recorded
 */
export async function digestPart({ path, partNumber, sizeBytes }: LocalPart, whole: Hash): Promise<Buffer> {
  const md5 = createHash('md5')
  let readBytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    md5.update(chunk)
    whole.update(chunk)
    readBytes += chunk.length
  }
  if (readBytes === sizeBytes) return md5.digest()
  throw new Error(`part ${partNumber} has ${readBytes} bytes in its file, ${sizeBytes} are recorded`)
}

function isPassing(error: unknown): boolean {
  const { status } = error instanceof StoreError ? error : {}
  return error instanceof StoreError && (status === undefined || status >= 500 || status === 408 || status === 429)
}
