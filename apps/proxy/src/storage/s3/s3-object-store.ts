import { addAbortSignal, type Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  type Part,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { S3Location } from '../storage-url.ts'
import { objectPrefixOf } from './object-key.ts'
import type { FoundObject, ObjectStore, UploadedPart } from './object-store.ts'
import { downloadCommand, partCommand, presign } from './presign.ts'
import { createS3Client, withinTime } from './s3-client.ts'
import { isMissingObject, isMissingUpload, StoreError } from './store-error.ts'
import { toStoreError } from './to-store-error.ts'

/** Stores may assemble while the request waits, and send nothing but spaces meanwhile. */
const completionTimeoutMs = 240_000
/** Whoever asks whether the store is there does not wait for long. */
const checkTimeoutMs = 4000
/** What S3 lists at most. */
const maxListedParts = 1000

/** The object store behind a location, over the AWS SDK. */
export function createS3ObjectStore(location: S3Location): ObjectStore {
  const { bucket, endpoint, publicEndpoint } = location
  const client = createS3Client(location)
  // Signing sends nothing: the second client exists for its address alone.
  const publicClient =
    publicEndpoint === undefined || publicEndpoint === endpoint
      ? client
      : createS3Client(location, { endpoint: publicEndpoint })

  async function* listObjects(prefix: string): AsyncGenerator<FoundObject> {
    let token: string | undefined
    do {
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      })
      const page = await withinTime('ListObjectsV2', (abortSignal) => client.send(command, { abortSignal }))
      for (const { Key, Size = 0, LastModified } of page.Contents ?? []) {
        // Without a date it counts as new.
        const modifiedAtMs = LastModified?.getTime() ?? Number.POSITIVE_INFINITY
        if (Key !== undefined) yield { key: Key, sizeBytes: Size, modifiedAtMs }
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined
    } while (token !== undefined)
  }

  return {
    async createUpload(key) {
      const command = new CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        ContentType: 'application/octet-stream',
      })
      const { UploadId } = await withinTime('CreateMultipartUpload', (abortSignal) =>
        client.send(command, { abortSignal }),
      )
      return required('CreateMultipartUpload', UploadId)
    },
    async abortUpload({ key, uploadId }) {
      const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId })
      await withinTime('AbortMultipartUpload', (abortSignal) => client.send(command, { abortSignal })).catch(
        ignoring(isMissingUpload),
      )
    },
    async listParts({ key, uploadId }, { afterPartNumber, limit }) {
      const parts: UploadedPart[] = []
      let marker = afterPartNumber
      for (;;) {
        const command = new ListPartsCommand({
          Bucket: bucket,
          Key: key,
          UploadId: uploadId,
          MaxParts: Math.min(limit - parts.length, maxListedParts),
          ...(marker === 0 ? {} : { PartNumberMarker: String(marker) }),
        })
        const page = await withinTime('ListParts', (abortSignal) => client.send(command, { abortSignal }))
        const found = (page.Parts ?? []).map(toUploadedPart)
        parts.push(...found)
        const last = found.at(-1)
        const hasMore = page.IsTruncated === true && last !== undefined
        if (!hasMore || parts.length >= limit) return { parts, hasMore }
        marker = last.partNumber
      }
    },
    async putPart({ key, uploadId }, { partNumber, lengthBytes, md5, body }) {
      const command = new UploadPartCommand({
        ...{ Bucket: bucket, Key: key, UploadId: uploadId, PartNumber: partNumber },
        ContentLength: lengthBytes,
        ContentMD5: md5,
        Body: body,
      })
      // It takes as long as it takes: only an idle socket ends it.
      await client.send(command).catch((error) => {
        throw toStoreError('UploadPart', error)
      })
    },
    async completeUpload({ key, uploadId }, parts) {
      const command = new CompleteMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        UploadId: uploadId,
        MultipartUpload: { Parts: parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag })) },
      })
      await withinTime(
        'CompleteMultipartUpload',
        (abortSignal) => client.send(command, { abortSignal }),
        completionTimeoutMs,
      )
    },
    async sizeOf(key) {
      const command = new HeadObjectCommand({ Bucket: bucket, Key: key })
      const head = await withinTime('HeadObject', (abortSignal) => client.send(command, { abortSignal })).catch(
        ignoring(isMissingObject),
      )
      return head && (head.ContentLength ?? 0)
    },
    async remove(key) {
      const command = new DeleteObjectCommand({ Bucket: bucket, Key: key })
      await withinTime('DeleteObject', (abortSignal) => client.send(command, { abortSignal })).catch(
        ignoring(isMissingObject),
      )
    },
    async put(key, bytes) {
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes })
      await withinTime('PutObject', (abortSignal) => client.send(command, { abortSignal }))
    },
    async read(key, { start = 0, signal } = {}) {
      const command = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(start === 0 ? {} : { Range: `bytes=${start}-` }),
      })
      // The body takes as long as it takes: only an idle socket, or the signal, ends it.
      const { Body } = await withinTime('GetObject', () =>
        client.send(command, signal === undefined ? {} : { abortSignal: signal }),
      )
      const body = required('GetObject', Body) as unknown as Readable
      return signal === undefined ? body : addAbortSignal(signal, body)
    },
    async *listUploads(prefix) {
      let markers: { KeyMarker?: string; UploadIdMarker?: string } = {}
      for (;;) {
        const command = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...markers })
        const page = await withinTime('ListMultipartUploads', (abortSignal) => client.send(command, { abortSignal }))
        for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
          if (Key === undefined || UploadId === undefined) continue
          // Without a date it counts as new, and stays.
          yield { key: Key, uploadId: UploadId, initiatedAtMs: Initiated?.getTime() ?? Number.POSITIVE_INFINITY }
        }
        if (!page.IsTruncated || page.NextKeyMarker === undefined) return
        markers = {
          KeyMarker: page.NextKeyMarker,
          ...(page.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: page.NextUploadIdMarker }),
        }
      }
    },
    async *listKeys(prefix) {
      for await (const { key } of listObjects(prefix)) yield key
    },
    listObjects,
    presignPart: ({ key, uploadId }, { partNumber, lengthBytes }) =>
      presign(publicClient, partCommand({ bucket, key, uploadId, partNumber, lengthBytes })),
    presignDownload: (key, { fileName }) => presign(publicClient, downloadCommand({ bucket, key, fileName })),
    presignRead: (key) => presign(client, downloadCommand({ bucket, key })),
    async check() {
      // A HEAD of the bucket would be answered without a body, and so without a reason.
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: objectPrefixOf(location), MaxKeys: 1 })
      await withinTime('ListObjectsV2', (abortSignal) => client.send(command, { abortSignal }), checkTimeoutMs)
    },
    close() {
      client.destroy()
      publicClient.destroy()
    },
  }
}

function toUploadedPart(part: Part): UploadedPart {
  const etag = required('ListParts', part.ETag)
  return {
    partNumber: required('ListParts', part.PartNumber),
    sizeBytes: required('ListParts', part.Size),
    // The header that a client gets for the part has quotes in any store.
    etag: etag.startsWith('"') ? etag : `"${etag}"`,
  }
}

function required<Value>(operation: string, value: Value | undefined): Value {
  if (value !== undefined) return value
  const hint = 'answered without what was asked for'
  throw new StoreError({ operation, code: 'IncompleteAnswer', status: undefined, requestId: undefined, hint })
}

function ignoring(isHarmless: (error: unknown) => boolean): (error: unknown) => undefined {
  return (error) => {
    if (!isHarmless(error)) throw error
    return undefined
  }
}
