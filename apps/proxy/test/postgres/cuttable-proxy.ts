import { connect, createServer, type Socket } from 'node:net'

/** A wire between the servers of a test and PostgreSQL that the test can cut, or leave hanging. */
export interface CuttableProxy {
  readonly port: number
  /** `pass`: to and fro. `cut-commit`: a commit reaches the server, its answer nobody. `hang`: nothing moves any more. */
  mode: 'pass' | 'cut-commit' | 'hang'
  close(): Promise<void>
}

export async function startCuttableProxy(targetPort: number): Promise<CuttableProxy> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1')
    let isAnswerLost = false
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        near.destroy()
        far.destroy()
      })
    }
    near.on('data', (chunk) => {
      if (proxy.mode === 'hang') return
      // The statement alone, not the settings of a new connection.
      if (proxy.mode === 'cut-commit' && chunk.includes('commit\0')) isAnswerLost = true
      far.write(chunk)
    })
    far.on('data', (chunk) => {
      if (proxy.mode === 'hang') return
      // The answer tells that the server is through with it.
      if (isAnswerLost) near.destroy()
      else near.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const proxy: CuttableProxy = {
    port: typeof address === 'object' && address ? address.port : 0,
    mode: 'pass',
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}
