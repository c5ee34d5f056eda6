import { createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { expectTypeOf } from 'vitest'
import {
  ApiError,
  abortUpload,
  type Client,
  ConflictError,
  createClient,
  type DownloadEvent,
  type DownloadResult,
  downloadImage,
  downloadImageTo,
  type Image,
  type Page,
  SlipwayError,
  type TransferSnapshot,
  type UploadEvent,
  type UploadResult,
  uploadImage,
} from '../src/index.ts'

/** Checked by the compiler, never run: a right call compiles with the right types, a wrong one does not compile. */
export function rightCalls(client: Client, handle: FileHandle, event: UploadEvent, error: unknown): void {
  expectTypeOf(createClient({ apiUrl: 'https://x', token: 't' })).toEqualTypeOf<Client>()

  expectTypeOf(uploadImage(client, { source: 'a' })).resolves.toEqualTypeOf<UploadResult>()
  expectTypeOf(uploadImage).toBeCallableWith(client, { source: handle })
  expectTypeOf(uploadImage).toBeCallableWith(client, { source: new Blob([]), concurrency: undefined })
  expectTypeOf(uploadImage).toBeCallableWith(client, { source: createReadStream('a') })
  expectTypeOf(uploadImage).toBeCallableWith(client, { source: new Blob([]).stream(), onEvent: (_: UploadEvent) => {} })
  expectTypeOf(uploadImage).toBeCallableWith(client, { source: 'a', signal: AbortSignal.timeout(1) })

  expectTypeOf(downloadImage(client, { ref: 'a', destination: 'b' })).resolves.toEqualTypeOf<DownloadResult>()
  expectTypeOf(downloadImageTo(client, { ref: 'a', sink: new Writable() })).resolves.toEqualTypeOf<DownloadResult>()
  expectTypeOf(downloadImage).toBeCallableWith(client, {
    ref: 'a',
    destination: 'b',
    onEvent: (_: DownloadEvent) => {},
  })
  expectTypeOf(abortUpload(client, { image: 'a' })).resolves.toBeVoid()

  expectTypeOf(client.images.get('a')).resolves.toEqualTypeOf<Image>()
  expectTypeOf(client.images.list().pages()).toEqualTypeOf<AsyncIterable<Page<Image>>>()

  if (event.type === 'progress') expectTypeOf(event.progress).toEqualTypeOf<TransferSnapshot>()
  if (event.type === 'part_retried') expectTypeOf(event.error).toEqualTypeOf<SlipwayError>()
  if (error instanceof ConflictError) expectTypeOf(error).toExtend<ApiError>()
  if (error instanceof ApiError) expectTypeOf(error.requestId).toEqualTypeOf<string | undefined>()
  if (error instanceof SlipwayError) expectTypeOf(error.code).toBeString()
}

export function wrongCalls(client: Client, event: UploadEvent, image: Image, text: AsyncIterable<string>): void {
  // @ts-expect-error A client needs a token.
  createClient({ apiUrl: 'https://x' })
  // @ts-expect-error Options are spelled as documented.
  createClient({ apiUrl: 'https://x', token: 't', timeout: 5 })
  // @ts-expect-error An upload needs a source.
  uploadImage(client, { name: 'a' })
  // @ts-expect-error A number is no source.
  uploadImage(client, { source: 5 })
  // @ts-expect-error Text is no bytes.
  uploadImage(client, { source: text })
  // @ts-expect-error A part size has its unit in its name.
  uploadImage(client, { source: 'a', partSize: 5 })
  // @ts-expect-error A concurrency is a number.
  uploadImage(client, { source: 'a', concurrency: '4' })
  // @ts-expect-error A download into a file needs its path.
  downloadImage(client, { ref: 'a' })
  // @ts-expect-error A stream takes no `overwrite`.
  downloadImageTo(client, { ref: 'a', sink: new Writable(), overwrite: true })
  // @ts-expect-error Only a stream that can be written to is a sink.
  downloadImageTo(client, { ref: 'a', sink: createReadStream('a') })
  // @ts-expect-error The image is named, not numbered.
  client.images.get(5)
  // @ts-expect-error A completion needs the digest.
  client.images.complete('a')
  // @ts-expect-error Only a progress event has progress.
  event.progress
  // @ts-expect-error What came from the server is not to be changed.
  image.name = 'b'
}
