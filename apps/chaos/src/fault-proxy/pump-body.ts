import type { ClientRequest } from 'node:http'
import type { Readable } from 'node:stream'
import { type ByteStage, CutError } from './byte-stages.ts'

/** How a request whose body is cut ends for the server. */
export type Cut = 'reset' | 'end'

interface PumpBodyOptions {
  readonly source: Buffer | Readable
  readonly outgoing: ClientRequest
  readonly stage: ByteStage
  readonly cut: Cut
  readonly onChunk: (chunk: Buffer) => void
}

/** Sends a request's body. Written by hand, since a pipeline would destroy the client's side when the server answers early. */
export async function pumpBody({ source, outgoing, stage, cut, onChunk }: PumpBodyOptions): Promise<void> {
  try {
    for await (const chunk of stage(chunksOf(source))) {
      onChunk(chunk)
      if (!outgoing.write(chunk)) await drained(outgoing)
      if (outgoing.destroyed) throw new Error('the server hung up')
    }
    outgoing.end()
  } catch (error) {
    if (error instanceof CutError && outgoing.socket) {
      if (cut === 'end') outgoing.socket.end()
      else outgoing.socket.resetAndDestroy()
    }
    throw error
  }
}

async function* chunksOf(source: Buffer | Readable): AsyncIterable<Buffer> {
  if (!Buffer.isBuffer(source)) yield* source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  else if (source.length > 0) yield source
}

function drained(outgoing: ClientRequest): Promise<void> {
  if (outgoing.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const settle = () => {
      outgoing.off('drain', settle).off('close', settle)
      resolve()
    }
    outgoing.on('drain', settle).on('close', settle)
  })
}
