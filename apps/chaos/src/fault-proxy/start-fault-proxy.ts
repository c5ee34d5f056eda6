import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { HttpFault, RouteClass } from '../plan/http-fault.ts'
import { applyFault, pass } from './apply-fault.ts'
import type { ArmedFaults } from './armed-faults.ts'
import { createExchange } from './exchange.ts'
import type { Observer } from './observer.ts'
import { routeClassOf } from './route-class.ts'
import { createTraffic } from './traffic.ts'

export interface FaultProxyOptions {
  readonly faults: ArmedFaults
  readonly observer: Observer
  /** A request met a fault. */
  readonly onFault: (met: MetFault) => void
}

export interface MetFault {
  readonly route: RouteClass
  readonly method: string
  /** Without the query, which carries signatures. */
  readonly path: string
  readonly fault: HttpFault
}

export interface FaultProxy {
  /** Stays the same for the whole run, whatever the server behind it does. */
  readonly url: string
  /** Where requests go from now on. Undefined: nobody is there, and connections are reset. */
  aim(targetUrl: string | undefined): void
  /** Resolves when no exchange is going on, late deliveries included. */
  quiet(): Promise<void>
  /** Lets go of connections to the server that nobody uses. */
  dropIdle(): void
  stop(): Promise<void>
}

/** An HTTP relay between clients and a server, through which the faults of a plan happen. Bodies stream. */
export async function startFaultProxy({ faults, observer, onFault }: FaultProxyOptions): Promise<FaultProxy> {
  let target: URL | undefined
  let agent = new Agent({ keepAlive: true })
  const traffic = createTraffic()
  const sockets = new Set<Socket>()
  const exchanges = new Set<Promise<void>>()

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = incoming
    if (!target) {
      incoming.socket.resetAndDestroy()
      return
    }
    const exchange = createExchange({ incoming, response, targetUrl: target, agent, observer })
    const route = routeClassOf(method, url)
    const fault = route && faults.take(route)
    try {
      if (!fault) return await pass(exchange)
      onFault({ route, method, path: url.split('?', 1)[0] ?? '', fault })
      await applyFault({ exchange, traffic }, fault)
    } catch {
      // Server or client went away in the middle: the other one sees its connection break, as on any network.
      exchange.reset()
    } finally {
      traffic.notePassed()
    }
  }

  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 75_000 }, (incoming, response) => {
    incoming.on('error', () => undefined)
    response.on('error', () => undefined)
    const served: Promise<void> = serve(incoming, response).finally(() => exchanges.delete(served))
    exchanges.add(served)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('clientError', (_error, socket) => void socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    aim(targetUrl) {
      target = targetUrl === undefined ? undefined : new URL(targetUrl)
    },
    async quiet() {
      while (exchanges.size > 0) await Promise.all(exchanges)
    },
    dropIdle() {
      agent.destroy()
      agent = new Agent({ keepAlive: true })
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      agent.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
