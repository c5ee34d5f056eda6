import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { UsageError } from '../errors/slipway-error.ts'
import { openFileSource, openHandleSource } from './file-source.ts'
import type { ImageSource } from './image-source.ts'
import { openStreamSource } from './stream-source.ts'

/** A path, an open file (which stays open), a `Blob`, or anything that yields bytes: a `Readable`, a web stream. */
export type UploadInput = string | FileHandle | Blob | AsyncIterable<Uint8Array>

/** @throws {SourceError} when it cannot be uploaded, {UsageError} when it is nothing that can be read */
export async function openSource(
  input: UploadInput,
  { spoolDirectory = tmpdir(), signal }: { readonly spoolDirectory?: string | undefined; readonly signal: AbortSignal },
): Promise<ImageSource> {
  if (typeof input === 'string') return openFileSource(input)
  if (isFileHandle(input)) return openHandleSource(input)
  if (input instanceof Blob) {
    const { size: sizeBytes } = input
    return openStreamSource({ chunks: input.stream(), label: 'the blob', sizeBytes, spoolDirectory, signal })
  }
  if (typeof (input as Partial<typeof input> | null)?.[Symbol.asyncIterator] === 'function') {
    return openStreamSource({ chunks: input, label: 'the stream', sizeBytes: undefined, spoolDirectory, signal })
  }
  throw new UsageError('source must be a path, a FileHandle, a Blob, or a stream or async iterable of bytes', {
    code: 'invalid_source',
  })
}

function isFileHandle(input: object): input is FileHandle {
  const { fd, stat } = (input ?? {}) as Partial<FileHandle>
  return typeof fd === 'number' && typeof stat === 'function'
}
