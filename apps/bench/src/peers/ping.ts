import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { headOf, parseHead, type RawRequest } from './raw-http.ts'

export interface PingOptions {
  readonly request: RawRequest
  readonly connectionCount: number
  readonly durationMs: number
}

export interface PingResult {
  readonly requestsPerSecond: number
  /** Milliseconds of each answered request. */
  readonly medianMs: number
}

/** Repeats one small request over kept connections, one at a time on each. @throws when an answer is not a success */
export async function ping({ request, connectionCount, durationMs }: PingOptions): Promise<PingResult> {
  const message = Buffer.concat([Buffer.from(headOf(request), 'latin1'), request.body ?? Buffer.alloc(0)])
  const sockets = await Promise.all(Array.from({ length: connectionCount }, () => openSocket(request.url)))
  try {
    const startedAt = performance.now()
    const deadline = startedAt + durationMs
    const times = await Promise.all(sockets.map((socket) => repeat({ socket, message, deadline })))
    const seconds = (performance.now() - startedAt) / 1000
    const all = times.flat().sort((a, b) => a - b)
    return { requestsPerSecond: all.length / seconds, medianMs: all[Math.floor(all.length / 2)] ?? 0 }
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  return socket
}

interface RepeatOptions {
  readonly socket: Socket
  readonly message: Buffer
  readonly deadline: number
}

function repeat({ socket, message, deadline }: RepeatOptions): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const times: number[] = []
    let sentAt = 0
    let head = ''
    let missingBytes = 0
    const send = () => {
      head = ''
      sentAt = performance.now()
      socket.write(message)
    }
    const answered = () => {
      const now = performance.now()
      times.push(now - sentAt)
      if (now < deadline) send()
      else resolve(times)
    }
    socket.on('data', (chunk: Buffer) => {
      if (missingBytes > 0) missingBytes -= chunk.length
      else {
        head += chunk.toString('latin1')
        const parsed = parseHead(head)
        if (!parsed) return
        if (parsed.status < 200 || parsed.status >= 300) return reject(new Error(head.slice(0, 300)))
        if (parsed.bodyBytes === undefined) return reject(new Error('an answer without a Content-Length'))
        missingBytes = parsed.bodyBytes - (head.length - parsed.headBytes)
      }
      if (missingBytes === 0) answered()
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('a server closed a kept connection')))
    send()
  })
}
