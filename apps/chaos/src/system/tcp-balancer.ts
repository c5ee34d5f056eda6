import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface TcpBalancer {
  /** Scheme and host: stays the same for the whole run. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Passes each connection on to the next server that takes it, as the plainest of balancers does: it knows nothing of HTTP
 * nor of health, and when a server dies its connections break.
 * @param targets where servers are, asked anew for every connection; one that takes none is passed over
 */
export async function startTcpBalancer(targets: () => readonly URL[]): Promise<TcpBalancer> {
  const sockets = new Set<Socket>()
  let turn = 0
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }

  const server = createServer({ noDelay: true }, async (client) => {
    keep(client)
    client.on('error', () => client.destroy())
    turn++
    const from = turn
    const all = targets()
    for (let i = 0; i < all.length && !client.destroyed; i++) {
      const target = all[(from + i) % all.length]
      const taken = target && (await openConnection(target))
      if (!taken) continue
      keep(taken)
      join(client, taken)
      return
    }
    client.resetAndDestroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** @returns undefined when nobody takes it */
function openConnection({ hostname, port }: URL): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(undefined))
  })
}

/** What one side does to its connection, the other side sees: an end as an end, a break as a break. */
function join(client: Socket, server: Socket): void {
  client.pipe(server)
  server.pipe(client)
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on('error', () => other.resetAndDestroy())
    one.on('close', (hadError) => (hadError ? other.resetAndDestroy() : other.end()))
  }
  if (client.destroyed) server.destroy()
}
