import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface HoldingRelay {
  readonly url: string
  /** Settles when a request is held. */
  readonly held: Promise<void>
  /** From now on nothing is held. */
  release(): void
  stop(): void
}

/**
 * Passes requests on to a server, but for the `PUT` after `passedPuts` of them: that one gets no answer. It is a point
 * in an upload at which a test can act without a race.
 */
export async function startHoldingRelay(targetUrl: string, passedPuts: number): Promise<HoldingRelay> {
  const target = new URL(targetUrl)
  let putCount = 0
  let isHolding = true
  let onHeld = () => {}
  const held = new Promise<void>((resolve) => {
    onHeld = resolve
  })
  const server = createServer((incoming, answer) => {
    if (isHolding && incoming.method === 'PUT' && ++putCount > passedPuts) {
      onHeld()
      return
    }
    const { method, url, headers } = incoming
    // The host stays as the client wrote it: the server makes its presigned URLs of it, so bytes come this way too.
    const outgoing = request({ host: target.hostname, port: target.port, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
    })
    outgoing.on('error', () => answer.destroy())
    incoming.pipe(outgoing)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held,
    release: () => {
      isHolding = false
    },
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
