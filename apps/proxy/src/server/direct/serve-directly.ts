import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { RequestBody } from '../../bytes/request-body.ts'
import { lengthOf } from './direct-request.ts'
import { createSocketBody, type SocketBody } from './socket-body.ts'
import { readInto, scratch } from './socket-reader.ts'

export interface DirectExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: RequestBody
}

interface ServeDirectlyOptions {
  readonly server: Server
  readonly answer: (exchange: DirectExchange) => void
  /** How long a connection may rest between two requests. */
  readonly keepAliveTimeoutMs: number
}

/** Connections that the server itself does not know of: from the head of a part until their next request begins. */
export interface DirectConnections {
  closeIdle(): void
  closeAll(): void
}

/** Answers what the parser left after the head (see `direct-request.ts`), then gives the connection back to the server. */
export function serveDirectly({ server, answer, keepAliveTimeoutMs }: ServeDirectlyOptions): DirectConnections {
  const open = new Set<Socket>()
  const idle = new Set<Socket>()

  // What is wrong with a connection is told by its end.
  const onError = () => undefined
  const onClose = function (this: Socket) {
    open.delete(this)
    idle.delete(this)
  }
  const take = (request: IncomingMessage, head: Buffer): SocketBody => {
    const { socket } = request
    open.add(socket)
    socket.on('timeout', destroyIt).on('error', onError).on('close', onClose)
    const buffered: Buffer | null = socket.readableLength > 0 ? socket.read() : null
    const beginning = buffered ? Buffer.concat([head, buffered]) : head
    const body = createSocketBody({ request, sizeBytes: lengthOf(request.headers), beginning })
    // Only now: a pause stops the reading of a socket that has a reader, and only its stream's otherwise.
    socket.pause()
    return body
  }
  const giveBack = (socket: Socket, beginning: Buffer) => {
    onClose.call(socket)
    socket.setTimeout(0)
    socket.off('timeout', destroyIt).off('error', onError).off('close', onClose).off('end', destroyIt)
    const push = (bytes: Buffer) => socket.push(Buffer.from(bytes))
    readInto(socket, { room: () => scratch, onRead: (sizeBytes, place) => push(place.subarray(0, sizeBytes)) })
    server.emit('connection', socket)
    return push(beginning)
  }
  const rest = (socket: Socket, following: Buffer) => {
    if (following.length > 0) return void giveBack(socket, following)
    idle.add(socket)
    socket.setTimeout(keepAliveTimeoutMs)
    socket.on('end', destroyIt)
    const onRead = (sizeBytes: number, place: Buffer) => giveBack(socket, place.subarray(0, sizeBytes))
    readInto(socket, { room: () => scratch, onRead })
    socket.resume()
  }

  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const body = take(request, head)
    const response = new ServerResponse(request)
    response.shouldKeepAlive = !/\bclose\b/i.test(request.headers.connection ?? '')
    response.setHeader('keep-alive', `timeout=${Math.floor(keepAliveTimeoutMs / 1000)}`)
    response.assignSocket(socket)
    response.once('finish', () => {
      response.detachSocket(socket)
      process.nextTick(() => response.emit('close'))
      const isKept = response.shouldKeepAlive && response.getHeader('connection') !== 'close' && body.isComplete()
      if (!isKept) socket.destroySoon()
      else rest(socket, body.following())
    })
    answer({ request, response, body })
  })

  return {
    closeIdle: () => destroyAll(idle),
    closeAll: () => destroyAll(open),
  }
}

function destroyAll(sockets: Iterable<Socket>): void {
  for (const socket of sockets) socket.destroy()
}

function destroyIt(this: Socket): void {
  this.destroy()
}
