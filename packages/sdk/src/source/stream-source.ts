import { raceAbort } from '../race-abort.ts'
import { createChunkReader } from './chunk-reader.ts'
import type { ImageSource } from './image-source.ts'
import { createStreamFeed } from './stream-feed.ts'
import { assertUploadableSize, emptySource } from './uploadable-size.ts'

export interface StreamSourceOptions {
  readonly chunks: AsyncIterable<Uint8Array>
  readonly label: string
  /** When it is known beforehand. */
  readonly sizeBytes: number | undefined
  readonly spoolDirectory: string
  readonly signal: AbortSignal
}

/** A source that can be read once. @throws {SourceError} when it is empty, which its first bytes tell */
export async function openStreamSource(options: StreamSourceOptions): Promise<ImageSource> {
  const { chunks, label, sizeBytes, spoolDirectory, signal } = options
  if (sizeBytes !== undefined) assertUploadableSize(label, sizeBytes)
  const reader = createChunkReader(chunks, label)
  try {
    if (!(await raceAbort(reader.hasMore(), signal))) throw emptySource(label)
  } catch (error) {
    reader.stop()
    throw error
  }
  return {
    label,
    sizeBytes,
    identity: undefined,
    openFeed: (feedOptions) => createStreamFeed({ ...feedOptions, reader, label, sizeBytes, spoolDirectory }),
    // What has come in cannot change any more.
    assertUnchanged: async () => undefined,
    close: async () => reader.stop(),
  }
}
