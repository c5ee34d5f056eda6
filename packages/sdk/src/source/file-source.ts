import { constants } from 'node:fs'
import { access, type FileHandle, open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { SourceError } from '../errors/slipway-error.ts'
import { createFileFeed } from './file-feed.ts'
import { type Fingerprint, fingerprintOf, isSameFingerprint } from './fingerprint.ts'
import type { ImageSource } from './image-source.ts'
import { assertUploadableSize } from './uploadable-size.ts'

/** A local file, read at any position by several readers at once. */
export interface FileSource extends ImageSource {
  readonly sizeBytes: number
}

/** @throws {SourceError} when `path` is not a readable regular file of 1 byte to 128 GiB */
export async function openFileSource(path: string): Promise<FileSource> {
  const handle = await openReadable(path)
  try {
    const absolutePath = resolve(path)
    const fingerprint = fingerprintOf(await handle.stat({ bigint: true }))
    return createFileSource({ handle, label: path, key: absolutePath, path: absolutePath, fingerprint })
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** A file that the caller has open and keeps open. @throws {SourceError} when it is not a regular file */
export async function openHandleSource(handle: FileHandle): Promise<FileSource> {
  const label = 'the open file'
  const stats = await handle.stat({ bigint: true }).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(label, cause)
  })
  if (!stats.isFile()) {
    throw new SourceError(`${label} is not a regular file: pass a stream of it`, { code: 'not_a_file' })
  }
  const fingerprint = fingerprintOf(stats)
  const key = `inode:${fingerprint.device}:${fingerprint.inode}`
  return { ...createFileSource({ handle, label, key, path: undefined, fingerprint }), close: async () => undefined }
}

function createFileSource(options: {
  readonly handle: FileHandle
  readonly label: string
  readonly key: string
  /** Undefined when only the open file is known. */
  readonly path: string | undefined
  readonly fingerprint: Fingerprint
}): FileSource {
  const { handle, label, key, path, fingerprint } = options
  const { sizeBytes } = fingerprint
  assertUploadableSize(label, sizeBytes)
  return {
    label,
    sizeBytes,
    identity: { key, fingerprint },
    openFeed: (feedOptions) => createFileFeed({ ...feedOptions, handle, label, sizeBytes }),
    assertUnchanged: () => assertSame({ handle, label, path, before: fingerprint }),
    close: () => handle.close(),
  }
}

async function openReadable(path: string): Promise<FileHandle> {
  try {
    // Asked before opening: opening a pipe would wait for its other end.
    const stats = await stat(path)
    if (stats.isDirectory()) {
      throw new SourceError(`${path} is a directory: name the image file`, { code: 'not_a_file' })
    }
    if (!stats.isFile()) throw new SourceError(`${path} is not a regular file`, { code: 'not_a_file' })
    await access(path, constants.R_OK)
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof SourceError) throw error
    throw unreadable(path, error as NodeJS.ErrnoException)
  }
}

function unreadable(label: string, cause: NodeJS.ErrnoException): SourceError {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
    return new SourceError(`there is no file ${label}`, { code: 'not_found', cause })
  }
  if (cause.code === 'EACCES' || cause.code === 'EPERM') {
    return new SourceError(`${label} cannot be read: permission denied`, { code: 'unreadable', cause })
  }
  return new SourceError(`${label} cannot be read: ${cause.code ?? cause.message}`, { code: 'unreadable', cause })
}

async function assertSame(options: {
  readonly handle: FileHandle
  readonly label: string
  readonly path: string | undefined
  readonly before: Fingerprint
}): Promise<void> {
  const { handle, label, path, before } = options
  const states = [handle.stat({ bigint: true })]
  // The path too: a file replaced by a rename leaves the open one as it was.
  if (path !== undefined) states.push(stat(path, { bigint: true }))
  for (const state of await Promise.allSettled(states)) {
    if (state.status === 'fulfilled' && isSameFingerprint(fingerprintOf(state.value), before)) continue
    throw new SourceError(`${label} changed while it was uploaded: let it be finished first, then upload it again`, {
      code: 'source_changed',
    })
  }
}
