import { createServer } from 'node:net'

/** Below the range that the kernel gives to clients, where a port that is free now may be taken in a moment. */
const firstPort = 22_000
const spacing = 10

/** @returns ports that nobody listens on, for servers that must be told theirs */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found: number[] = []
  for (let port = firstPort + spacing * (process.pid % 800); found.length < count; port += 1) {
    if (await canListen(port)) found.push(port)
  }
  return found
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
