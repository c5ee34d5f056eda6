import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SourceError } from '../errors/slipway-error.ts'

/** Holds parts of a stream on disk, in slots that are used again, until the server has them. */
export interface Spool {
  write(slot: number, offset: number, bytes: Uint8Array): Promise<void>
  /** Fills `buffer`. */
  read(slot: number, offset: number, buffer: Buffer): Promise<void>
  close(): Promise<void>
}

/** One unnamed temporary file: whatever kills the process, nothing is left behind. */
export async function openSpool(options: {
  readonly directory: string
  readonly slotSizeBytes: number
}): Promise<Spool> {
  const { directory, slotSizeBytes } = options
  const path = join(directory, `slipway-spool-${randomUUID()}`)
  let handle: FileHandle
  try {
    handle = await open(path, 'wx+', 0o600)
    await rm(path)
  } catch (error) {
    throw unwritable(directory, error)
  }
  return {
    async write(slot, offset, bytes) {
      try {
        let done = 0
        while (done < bytes.length) {
          const position = slot * slotSizeBytes + offset + done
          done += (await handle.write(bytes, done, bytes.length - done, position)).bytesWritten
        }
      } catch (error) {
        throw unwritable(directory, error)
      }
    },
    async read(slot, offset, buffer) {
      let filled = 0
      while (filled < buffer.length) {
        const position = slot * slotSizeBytes + offset + filled
        const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position)
        if (bytesRead === 0) throw new SourceError('the spooled part is gone from disk', { code: 'spool_unreadable' })
        filled += bytesRead
      }
    },
    close: () => handle.close(),
  }
}

function unwritable(directory: string, cause: unknown): SourceError {
  const { code, message } = cause as NodeJS.ErrnoException
  const reason = code === 'ENOSPC' || code === 'EDQUOT' ? 'its disk is full' : (code ?? message)
  return new SourceError(
    `the stream cannot be spooled in ${directory} (${reason}): choose another folder, smaller parts or less concurrency`,
    { code: 'spool_unwritable', cause },
  )
}
