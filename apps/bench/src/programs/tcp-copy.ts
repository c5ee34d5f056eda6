import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { isMainThread, Worker, workerData } from 'node:worker_threads'

/** How fast bytes go from one thread to another through loopback: `node tcp-copy.js BYTES`, and it prints seconds. */
const chunkBytes = 1024 * 1024

if (isMainThread) await receive(Number(process.argv[2] ?? 0))
else await send(workerData as { port: number; sizeBytes: number })

async function receive(sizeBytes: number): Promise<void> {
  const server = createServer((socket) => {
    const startedAt = performance.now()
    let leftBytes = sizeBytes
    socket.on('data', (chunk) => {
      leftBytes -= chunk.length
      if (leftBytes > 0) return
      process.stdout.write(`${(performance.now() - startedAt) / 1000}\n`)
      socket.destroy()
      server.close()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await once(new Worker(new URL(import.meta.url), { workerData: { port, sizeBytes } }), 'exit')
}

async function send({ port, sizeBytes }: { port: number; sizeBytes: number }): Promise<void> {
  const chunk = Buffer.alloc(chunkBytes)
  const socket = connect({ host: '127.0.0.1', port })
  for (let sent = 0; sent < sizeBytes; sent += chunk.length) {
    if (!socket.write(chunk)) await once(socket, 'drain')
  }
  socket.end()
  await once(socket, 'close')
}
