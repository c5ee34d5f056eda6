import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/**
 * The least that HTTP needs, on plain sockets: what is measured is the server, so the client must cost next to nothing.
 * It understands answers with a Content-Length, which is what both contenders send.
 */
export interface RawRequest {
  readonly method: 'GET' | 'PUT'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

export interface RawAnswer {
  readonly status: number
  readonly bodyBytes: number
}

const receiveBufferBytes = 1024 * 1024
const maxHeadBytes = 16 * 1024

/** One request on a connection of its own. */
export async function sendRaw(request: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(request.url)
  return await new Promise((resolve, reject) => {
    let head = ''
    let remainingBytes = -1
    let answer: RawAnswer | undefined
    const socket = connect({
      host: hostname,
      port: Number(port),
      onread: {
        buffer: Buffer.allocUnsafeSlow(receiveBufferBytes),
        callback(length, buffer) {
          let taken = 0
          if (!answer) {
            head += Buffer.from(buffer).toString('latin1', 0, Math.min(length, maxHeadBytes))
            const end = head.indexOf('\r\n\r\n')
            if (end < 0) return true
            const bodyBytes = Number(/content-length: (\d+)/i.exec(head.slice(0, end))?.[1] ?? 0)
            answer = { status: Number(head.slice(9, 12)), bodyBytes }
            remainingBytes = bodyBytes
            taken = end + 4
          }
          remainingBytes -= length - taken
          if (remainingBytes <= 0) {
            socket.destroy()
            resolve(answer)
          }
          return true
        },
      },
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error(`${request.method}: the connection ended before the answer did`)))
    socket.write(headOf(request))
    if (request.body) socket.write(request.body)
  })
}

export interface PingOptions {
  readonly request: RawRequest
  readonly connectionCount: number
  readonly requestCount: number
}

/** Repeats one small request over kept connections, one at a time on each. @returns seconds */
export async function pingRaw({ request, connectionCount, requestCount }: PingOptions): Promise<number> {
  const { hostname, port } = new URL(request.url)
  const head = headOf(request)
  const sockets: Socket[] = []
  for (let i = 0; i < connectionCount; i++) {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    await once(socket, 'connect')
    sockets.push(socket)
  }
  const startedAt = performance.now()
  let leftCount = requestCount
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve, reject) => {
          const next = () => {
            if (leftCount-- > 0) socket.write(head)
            else resolve()
          }
          // An answer this small arrives in one piece on loopback.
          socket.on('data', (chunk: Buffer) => {
            if (chunk.toString('latin1', 9, 12) === '200') next()
            else reject(new Error(chunk.toString('latin1', 0, 200)))
          })
          socket.on('error', reject)
          next()
        }),
    ),
  )
  const seconds = (performance.now() - startedAt) / 1000
  for (const socket of sockets) socket.destroy()
  return seconds
}

function headOf({ method, url, headers, body }: RawRequest): string {
  const { host, pathname, search } = new URL(url)
  const lines = [`${method} ${pathname}${search} HTTP/1.1`, `host: ${host}`]
  if (body) lines.push(`content-length: ${body.length}`)
  for (const [name, value] of Object.entries(headers ?? {})) lines.push(`${name}: ${value}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
