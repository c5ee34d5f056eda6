import type { FileHandle } from 'node:fs/promises'
import { partAt, partsOf, planParts } from '@slipway/core'
import { createHashFrontier } from '../digest/hash-frontier.ts'
import { SourceError } from '../errors/slipway-error.ts'
import type { PartFeed, PartFeedOptions } from './part-feed.ts'

export interface FileFeedOptions extends PartFeedOptions {
  readonly handle: FileHandle
  readonly label: string
  readonly sizeBytes: number
}

/** Every part can be read at once; a worker thread hashes behind the attempts, and so proves parts in the file's order. */
export function createFileFeed(options: FileFeedOptions): PartFeed {
  const { handle, label, partsToProve, onPlan, onPart } = options
  const plan = planParts(options)
  const frontier = createHashFrontier({
    fd: handle.fd,
    sizeBytes: plan.sizeBytes,
    ranges: [...partsToProve].map((partNumber) => partAt(plan, partNumber)),
    onRange: (digest) => onPart(partAt(plan, digest.partNumber), digest),
  })
  return {
    start() {
      onPlan(plan)
      for (const part of partsOf(plan)) if (!partsToProve.has(part.partNumber)) onPart(part, undefined)
    },
    read: (buffer, position) => readFully({ handle, label, buffer, position }),
    advanceTo: frontier.advanceTo,
    done() {},
    hashedBytes: frontier.hashedBytes,
    digest: frontier.digest,
    close: frontier.close,
  }
}

async function readFully(options: {
  readonly handle: FileHandle
  readonly label: string
  readonly buffer: Buffer
  readonly position: number
}): Promise<void> {
  const { handle, label, buffer, position } = options
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await handle
      .read(buffer, filled, buffer.length - filled, position + filled)
      .catch((cause: NodeJS.ErrnoException) => {
        throw new SourceError(`${label} cannot be read: ${cause.code ?? cause.message}`, { code: 'unreadable', cause })
      })
    if (bytesRead === 0) {
      throw new SourceError(`${label} ended at byte ${position + filled}: something is writing to it`, {
        code: 'source_changed',
      })
    }
    filled += bytesRead
  }
}
