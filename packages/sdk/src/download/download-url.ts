import { ResponseError } from '../errors/slipway-error.ts'
import type { Transport } from '../http/transport.ts'
import { getImageDownload, type ImageDownload } from '../operations/get-image-download.ts'
import { ObjectChangedError } from './object-changed-error.ts'

/** The presigned URL that all ranges share, renewed for all of them at once. */
export interface DownloadUrl {
  readonly download: ImageDownload
  /** A URL that should still be good for a while. */
  current(signal: AbortSignal): Promise<string>
  /** The one that was used is refused: the next call asks for another. */
  expire(url: string): void
}

/** A range should have time to begin. With a wrong clock it is asked for too often, or a 403 tells. */
const renewBeforeMs = 30_000

/** @throws {ResponseError} when there is nothing to download */
export function createDownloadUrl(transport: Transport, ref: string, download: ImageDownload): DownloadUrl {
  if (download.sizeBytes < 1) {
    throw new ResponseError(`the server says that ${ref} has ${download.sizeBytes} bytes, which no image can have`, {
      code: 'unexpected_answer',
    })
  }
  let current = download
  let isExpired = false
  let renewal: Promise<ImageDownload> | undefined

  return {
    download,
    async current(signal) {
      const isOld = current.expiresAt.getTime() - transport.clock.now() < renewBeforeMs
      if (!isExpired && !isOld) return current.url
      renewal ??= getImageDownload({ ...transport, maxAttempts: 1 }, ref, { signal }).finally(() => {
        renewal = undefined
      })
      const renewed = await renewal
      if (renewed.sha256 !== download.sha256 || renewed.sizeBytes !== download.sizeBytes) throw imageChanged(ref)
      current = renewed
      isExpired = false
      return current.url
    },
    expire(url) {
      if (url === current.url) isExpired = true
    },
  }
}

function imageChanged(ref: string): ObjectChangedError {
  return new ObjectChangedError(`${ref} is not the image any more that the download began with`, {
    code: 'object_changed',
  })
}
