import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Fault } from '../mutants/mutants.ts'
import { serveBytes } from './byte-routes.ts'
import { Refusal, toErrorAnswer } from './refusal.ts'
import { serveApi } from './serve-api.ts'
import { createStore } from './store.ts'
import type { WireAnswer } from './wire-answer.ts'

export interface ReferenceServer {
  readonly url: string
  readonly token: string
  readonly secondToken: string
  readonly readerToken: string
  /** What is there and was not deleted. */
  remaining(): { readonly images: number; readonly workspaces: number }
  stop(): Promise<void>
}

export interface ReferenceServerOptions {
  /** Default: none, the server is correct. */
  readonly fault?: Fault | undefined
  /** Default: an hour. */
  readonly urlLifetimeSeconds?: number | undefined
}

/** The API in memory, small enough to be seen to be correct, with one switch for each fault. */
export async function startReferenceServer(options: ReferenceServerOptions = {}): Promise<ReferenceServer> {
  const { fault, urlLifetimeSeconds = 3600 } = options
  const store = createStore({ fault, urlLifetimeMs: urlLifetimeSeconds * 1000 })
  for (const account of ['first', 'second']) store.addWorkspace(account, 'default')
  const token = store.addToken({ account: 'first', role: 'admin' })
  const secondToken = store.addToken({ account: 'second', role: 'admin' })
  const readerToken = store.addToken({ account: 'first', role: 'reader' })

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      if (request.url?.startsWith('/bytes/')) await serveBytes(store, request, response)
      else write(response, await serveApi(request, { store, fault, origin: url }))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      write(response, toErrorAnswer(error, store.has))
    }
  }
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A fault of the reference server itself must not look like one that was put in.
      write(response, {
        status: 500,
        body: String(error instanceof Error ? error.stack : error),
        contentType: 'text/plain',
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const live = <Item extends { isDeleted: boolean }>(items: readonly Item[]) =>
    items.filter(({ isDeleted }) => !isDeleted)
  return {
    url,
    token,
    secondToken,
    readerToken,
    remaining: () => ({
      images: live([...store.images.values()].map(({ state }) => state)).length,
      workspaces: live(store.workspaces).length,
    }),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

function write(response: ServerResponse, { status, body, contentType = 'application/json' }: WireAnswer): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': contentType })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
