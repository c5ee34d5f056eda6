import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** Connections that have not sent a byte: Node counts them as busy, so that a server that stops would wait for them. */
export interface SilentConnections {
  close(): void
}

export function trackSilentConnections(server: Server): SilentConnections {
  const open = new Set<Socket>()
  const add = (socket: Socket) => {
    // A connection that is given back to the server comes by again.
    if (open.has(socket)) return
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  }
  server.on('connection', add)
  // Bytes of the handshake are none of a request.
  server.on('secureConnection', add)
  return {
    close() {
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
    },
  }
}
