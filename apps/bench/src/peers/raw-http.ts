import { connect } from 'node:net'

/**
 * The least that HTTP needs, on plain sockets: what is measured is the server, so the client must cost next to nothing.
 * It understands answers with a Content-Length, and those that end with the connection.
 */
export interface RawRequest {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST'
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

/** Sends them all at once, each on a connection of its own. @throws when one is not answered with a success */
export async function sendAll(requests: readonly RawRequest[]): Promise<readonly RawAnswer[]> {
  const answers = await Promise.all(requests.map(sendRaw))
  const wrong = answers.find(({ status }) => status < 200 || status >= 300)
  if (wrong) throw new Error(`a transfer was answered with ${wrong.status}`)
  return answers
}

/** One request on a connection of its own. */
export async function sendRaw(request: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(request.url)
  return await new Promise((resolve, reject) => {
    let head = ''
    let receivedBytes = 0
    let expectedBytes = Number.POSITIVE_INFINITY
    let status: number | undefined
    const socket = connect({
      host: hostname,
      port: Number(port),
      onread: {
        buffer: Buffer.allocUnsafeSlow(receiveBufferBytes),
        callback(length, buffer) {
          let taken = 0
          if (status === undefined) {
            head += Buffer.from(buffer).toString('latin1', 0, Math.min(length, maxHeadBytes))
            const parsed = parseHead(head)
            if (!parsed) return true
            status = parsed.status
            expectedBytes = parsed.bodyBytes ?? Number.POSITIVE_INFINITY
            taken = parsed.headBytes
          }
          receivedBytes += length - taken
          if (receivedBytes >= expectedBytes) {
            socket.destroy()
            resolve({ status, bodyBytes: receivedBytes })
          }
          return true
        },
      },
    })
    socket.once('error', reject)
    socket.once('end', () => {
      if (status !== undefined && expectedBytes === Number.POSITIVE_INFINITY) {
        resolve({ status, bodyBytes: receivedBytes })
      }
    })
    socket.once('close', () => reject(new Error(`${request.method}: the connection ended before the answer did`)))
    socket.write(headOf(request))
    if (request.body) socket.write(request.body)
  })
}

export interface AnswerHead {
  readonly status: number
  /** With the empty line that ends it. */
  readonly headBytes: number
  /** Undefined where the answer does not say. */
  readonly bodyBytes: number | undefined
}

/** @returns undefined while it is not all there; `100 Continue` does not count as an answer */
export function parseHead(text: string): AnswerHead | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const status = Number(text.slice(9, 12))
  if (status === 100) {
    const next = parseHead(text.slice(end + 4))
    return next && { ...next, headBytes: next.headBytes + end + 4 }
  }
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1]
  const bodyBytes = status === 204 ? 0 : length === undefined ? undefined : Number(length)
  return { status, headBytes: end + 4, bodyBytes }
}

export function headOf({ method, url, headers, body }: RawRequest): string {
  const { host, pathname, search } = new URL(url)
  const lines = [`${method} ${pathname}${search} HTTP/1.1`, `host: ${host}`]
  if (body) lines.push(`content-length: ${body.length}`)
  for (const [name, value] of Object.entries(headers ?? {})) lines.push(`${name}: ${value}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
