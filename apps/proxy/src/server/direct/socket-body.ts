import type { IncomingMessage } from 'node:http'
import { type DrainOptions, endedTooEarly } from '../../blobs/byte-source.ts'
import { createDoubleBuffer, type DoubleBuffer } from '../../blobs/double-buffer.ts'
import type { RequestBody } from '../../bytes/request-body.ts'
import { readInto, scratch, withdrawMemory } from './socket-reader.ts'

interface SocketBodyOptions {
  readonly request: IncomingMessage
  readonly sizeBytes: number
  /** What came with the head of the request. */
  readonly beginning: Buffer
}

export interface SocketBody extends RequestBody {
  /** What came after the body: the beginning of the next request. */
  following(): Buffer
}

/**
 * A body of a known length, read from its socket straight into the buffers that it is written to a file from. A stopped
 * socket may deliver once more, when its stream had planned to go on: such bytes are kept until there is room.
 */
export function createSocketBody({ request, sizeBytes, beginning }: SocketBodyOptions): SocketBody {
  const { socket } = request
  let missingBytes = sizeBytes
  // Arrived, and without a place yet.
  let rest: Buffer = Buffer.alloc(0)
  let following: Buffer = Buffer.alloc(0)
  let buffer: DoubleBuffer | undefined
  let place: Buffer = scratch

  const keep = (bytes: Buffer) => {
    const own = bytes.subarray(0, missingBytes)
    missingBytes -= own.length
    rest = Buffer.concat([rest, own])
    following = Buffer.concat([following, bytes.subarray(own.length)])
  }
  /** @returns whether more can be read */
  const proceed = () => {
    if (!buffer) return false
    rest = buffer.put(rest)
    if (rest.length > 0 || buffer.isFull()) return false
    if (missingBytes > 0) return true
    // What is left to do, syncing to disk, takes the time that it takes.
    socket.setTimeout(0)
    buffer.end()
    return false
  }
  const resume = () => {
    if (proceed()) socket.resume()
  }
  const drain = async (options: DrainOptions) => {
    const onGone = () => {
      if (missingBytes === 0) return
      // One that ends in the middle of a body is as good as gone.
      socket.destroy()
      buffer?.fail(endedTooEarly())
    }
    buffer = createDoubleBuffer({ ...options, onRoom: resume })
    socket.once('end', onGone).once('close', onGone)
    if (socket.destroyed || socket.readableEnded) onGone()
    resume()
    try {
      await buffer.done
    } finally {
      socket.off('end', onGone).off('close', onGone)
      buffer = undefined
      if (missingBytes > 0) {
        socket.pause()
        withdrawMemory(socket)
      }
    }
  }

  keep(beginning)
  readInto(socket, {
    room() {
      const canPlace = missingBytes > 0 && rest.length === 0 && buffer?.isFull() === false
      place = canPlace && buffer ? buffer.room().subarray(0, missingBytes) : scratch
      return place
    },
    onRead(readBytes, where) {
      if (where !== place || where === scratch) {
        keep(where.subarray(0, readBytes))
        return proceed()
      }
      missingBytes -= readBytes
      buffer?.filled(readBytes)
      return proceed()
    },
  })

  return {
    drain,
    isComplete: () => missingBytes === 0,
    following: () => following,
    discard(limitBytes) {
      return new Promise((resolve) => {
        const lastBytes = Math.max(missingBytes - limitBytes, 0)
        const onRead = (readBytes: number) => {
          missingBytes = Math.max(missingBytes - readBytes, 0)
          if (missingBytes <= lastBytes) resolve()
          return missingBytes > lastBytes
        }
        socket.once('end', resolve).once('close', resolve)
        readInto(socket, { room: () => scratch, onRead })
        if (socket.destroyed || socket.readableEnded) resolve()
        else socket.resume()
      })
    },
  }
}
