import { createReadStream } from 'node:fs'
import type { UploadInput } from '@slipway/sdk'
import { CommandFailure } from '../command-failure.ts'
import { type Compression, compressionHeadBytes, detectCompression } from '../decompress/compression.ts'
import { decompress } from '../decompress/decompress.ts'
import { exitCodes } from '../exit-codes.ts'
import type { InputStream } from '../host.ts'
import { unreadable } from '../inspect/assert-uploadable.ts'
import { headBytes, withFileBytes } from '../inspect/image-bytes.ts'
import { type Inspection, inspectImage, inspectionHeadBytes } from '../inspect/inspect-image.ts'
import { peekStream } from '../peek-stream.ts'
import { usageFailure } from '../values/usage-failure.ts'

export interface UploadSource {
  /** For the SDK. */
  readonly input: UploadInput
  /** What it is called to people. */
  readonly label: string
  readonly isStdin: boolean
  /** Undefined where the file could not be looked at: the SDK says why, in its words. */
  readonly inspection: Inspection | undefined
  /** A stream without a single byte. */
  readonly isEmpty: boolean
  /** Lets go of what is still open, such as a pipe whose writer goes on. */
  close(): void
}

export interface OpenUploadSourceOptions {
  /** A path, or `-`. */
  readonly file: string
  readonly isPacked: boolean
  readonly stdin: () => InputStream
  readonly signal: AbortSignal
}

const readChunkBytes = 1024 * 1024

export async function openUploadSource(options: OpenUploadSourceOptions): Promise<UploadSource> {
  const { file, isPacked, stdin, signal } = options
  if (file === '-') {
    return openStream({ stream: pipedStdin(stdin), label: 'standard input', isStdin: true, isPacked, signal })
  }
  if (isPacked) {
    const stream = createReadStream(file, { highWaterMark: readChunkBytes })
    return openStream({ stream, label: file, isStdin: false, isPacked, signal })
  }
  const inspection = await withFileBytes(file, inspectImage).catch(() => undefined)
  return { input: file, label: file, isStdin: false, isEmpty: false, inspection, close: () => {} }
}

function pipedStdin(stdin: () => InputStream): InputStream {
  const stream = stdin()
  if (stream.isTTY !== true) return stream
  throw usageFailure(
    'standard input is a terminal, not an image',
    'pipe the image in: zcat disk.img.gz | slipway upload -',
  )
}

interface OpenStreamOptions extends Pick<OpenUploadSourceOptions, 'signal'> {
  readonly stream: InputStream
  readonly label: string
  readonly isStdin: boolean
  readonly isPacked: boolean
}

async function openStream(options: OpenStreamOptions): Promise<UploadSource> {
  const { stream, label, isStdin, isPacked, signal } = options
  // Whoever waits for a pipe that is silent waits for ever: it is torn down when the user stops.
  const onAbort = () => void stream.destroy()
  signal.addEventListener('abort', onAbort)
  const close = () => {
    signal.removeEventListener('abort', onAbort)
    stream.destroy()
  }
  try {
    const chunks = isPacked ? await unpack(stream, label) : (stream as AsyncIterable<Buffer>)
    const peeked = await peekStream(chunks, inspectionHeadBytes)
    const inspection = await inspectImage(headBytes(peeked.head))
    const isEmpty = peeked.head.length === 0
    return { input: peeked.chunks, label, isStdin, isEmpty, inspection, close }
  } catch (error) {
    close()
    throw signal.aborted ? error : unreadable(error, label)
  }
}

async function unpack(stream: AsyncIterable<Buffer>, label: string): Promise<AsyncIterable<Buffer>> {
  const { head, chunks } = await peekStream(stream, compressionHeadBytes)
  const compression = detectCompression(head)
  if (compression) return explained(decompress(chunks, compression), { compression, label })
  throw new CommandFailure(`${label} is not packed with gzip, zstd or xz`, {
    exitCode: exitCodes.localFile,
    hint: 'leave --decompress out to upload it as it is',
  })
}

/** A decoder's words ("incorrect header check") mean nothing to most people. */
async function* explained(
  chunks: AsyncIterable<Buffer>,
  { compression, label }: { readonly compression: Compression; readonly label: string },
): AsyncGenerator<Buffer> {
  try {
    yield* chunks
  } catch (error) {
    if (error instanceof CommandFailure) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (code?.startsWith('E') && !code.startsWith('ERR_')) throw error
    throw new CommandFailure(`${label} cannot be unpacked as ${compression}: ${message}`, {
      exitCode: exitCodes.localFile,
      hint: 'it is damaged or cut short: get it again',
      cause: error,
    })
  }
}
