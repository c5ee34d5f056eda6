import { GetObjectCommand, type S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { PresignedUrl } from '../../signing/byte-urls.ts'
import { toStoreError } from './to-store-error.ts'

/** An hour, as this server's own byte URLs live. */
const lifetimeSeconds = 3600

type SignedCommand = UploadPartCommand | GetObjectCommand

/** Signs with the machine's clock, whatever clock the service has: it is the store that judges the date. */
export async function presign(client: S3Client, command: SignedCommand): Promise<PresignedUrl> {
  try {
    const signingDate = new Date()
    const expiresIn = Math.min(lifetimeSeconds, await credentialSecondsLeft(client, signingDate))
    const url = await getSignedUrl(client, command as GetObjectCommand, { expiresIn, signingDate })
    return { url, expiresAt: new Date(signingDate.getTime() + expiresIn * 1000) }
  } catch (error) {
    throw toStoreError('presign', error)
  }
}

/** A URL dies with the temporary credentials that signed it. */
async function credentialSecondsLeft(client: S3Client, now: Date): Promise<number> {
  const { expiration } = await client.config.credentials()
  if (!expiration) return lifetimeSeconds
  return Math.max(1, Math.floor((expiration.getTime() - now.getTime()) / 1000))
}

export function partCommand(input: {
  readonly bucket: string
  readonly key: string
  readonly uploadId: string
  readonly partNumber: number
  readonly lengthBytes: number | undefined
}): UploadPartCommand {
  const { bucket, key, uploadId, partNumber, lengthBytes } = input
  return new UploadPartCommand({
    Bucket: bucket,
    Key: key,
    UploadId: uploadId,
    PartNumber: partNumber,
    // A header that is signed: the store refuses any other length.
    ...(lengthBytes === undefined ? {} : { ContentLength: lengthBytes }),
  })
}

export function downloadCommand(input: {
  readonly bucket: string
  readonly key: string
  readonly fileName?: string
}): GetObjectCommand {
  const { bucket, key, fileName } = input
  return new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    ...(fileName === undefined
      ? {}
      : {
          ResponseContentDisposition: `attachment; filename="${fileName}"`,
          ResponseContentType: 'application/octet-stream',
        }),
  })
}
