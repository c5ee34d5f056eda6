import { once } from 'node:events'
import type { Fault, FaultContext } from './images-api-double.ts'
import { sendError } from './images-api-double.ts'

/** What may go wrong with one request, named. Each is a {@link Fault} that does it whenever it is asked. */

export const resetBeforeHeaders: Fault = ({ request }) => {
  request.socket.resetAndDestroy()
  return true
}

/** Of an upload: when some of the body has come. Of an answer: when half of it has gone. */
export const resetMidBody: Fault = async (context) => {
  const { request, response, kind } = context
  if (kind === 'put') await once(request, 'data')
  else await sendHalf(context)
  if (kind === 'put') request.socket.resetAndDestroy()
  else response.destroy()
  return true
}

/** Every byte has come, none is kept, no answer goes. */
export const resetAfterLastByte: Fault = async ({ request }) => {
  request.resume()
  if (!request.readableEnded) await once(request, 'end')
  request.socket.resetAndDestroy()
  return true
}

/** It took effect, and nobody hears of it. */
export const lostAnswer: Fault = async ({ request, carryOutUnanswered }) => {
  await carryOutUnanswered()
  request.socket.resetAndDestroy()
  return true
}

/** The network delivers the request twice. */
export const deliveredTwice: Fault = async ({ carryOutUnanswered }) => {
  await carryOutUnanswered()
  return false
}

export function refusal(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  code = `scripted_${status}`,
): Fault {
  const types: Record<number, string> = { 403: 'forbidden', 412: 'invalid_request_error', 429: 'service_unavailable' }
  return async ({ request, response, kind }) => {
    if (kind === 'put') await drain(request)
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    sendError(response, status, types[status] ?? 'api_error', `scripted ${status}`, code)
    return true
  }
}

/** Refused before the body was read, and the connection closed, as a balancer does. */
export const earlyRefusal: Fault = ({ response }) => {
  response.setHeader('connection', 'close')
  sendError(response, 503, 'service_unavailable', 'scripted 503')
  return true
}

/** A 200 to a body that has hardly begun. */
export const earlySuccess: Fault = ({ request, response }) => {
  request.pause()
  response.writeHead(200, { etag: '"early"' }).end()
  return true
}

/** Nothing is taken, nothing is sent, the connection stays. */
export const stall: Fault = async (context) => {
  if (context.kind === 'put') context.request.pause()
  if (context.kind === 'get') await sendHalf(context)
  return true
}

export const truncatedJson: Fault = async ({ response, carryOutUnanswered }) => {
  await carryOutUnanswered()
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": "image_1", "na')
  return true
}

export const garbage: Fault = async ({ request, response, kind }) => {
  if (kind !== 'get') await drain(request)
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome to the hotel network</html>')
  return true
}

/** The length that was promised does not come. */
export const cutShort: Fault = async ({ response }) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 }).write('{"id"')
  await new Promise((resolve) => setImmediate(resolve))
  response.destroy()
  return true
}

/** A refusal of which only the beginning arrives. */
export const refusalCutShort: Fault = async ({ response }) => {
  response.writeHead(409, { 'content-type': 'application/json', 'content-length': 1000 })
  response.write('{"error":{"type":"conflict","message":"the begi')
  await new Promise((resolve) => setImmediate(resolve))
  response.destroy()
  return true
}

/** One bit of the first bytes is another one: everything else is as it should be. */
export const damagedAtFirst: Fault = ({ request, response, image }) => {
  const content = Buffer.from(image?.content ?? [])
  content[100] = (content[100] ?? 0) ^ 1
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  const [start, end] = from === undefined ? [0, content.length] : [Number(from), Number(to) + 1]
  const headers = { etag: image?.etag, 'content-length': end - start }
  if (from === undefined) response.writeHead(200, headers)
  else response.writeHead(206, { ...headers, 'content-range': `bytes ${start}-${end - 1}/${content.length}` })
  response.end(content.subarray(start, end))
  return true
}

export const wrongContentRange: Fault = ({ request, response, image }) => {
  const [, start] = /^bytes=(\d+)-/.exec(request.headers.range ?? '') ?? []
  const range = `bytes ${Number(start) + 1}-${Number(start) + 2}/3`
  response.writeHead(206, { etag: image?.etag, 'content-range': range, 'content-length': 50_000_000 })
  // Never the rest: whoever does not let go of such an answer keeps its connection for ever.
  response.write(Buffer.alloc(1_000_000))
  return true
}

export function on(operation: string, counts: readonly number[] | 'always', fault: Fault): Fault {
  return (context) => {
    const isMeant = context.operation === operation && (counts === 'always' || counts.includes(context.count))
    return isMeant ? fault(context) : false
  }
}

async function sendHalf({ request, response, image }: FaultContext): Promise<void> {
  const bytes = image?.content ?? Buffer.alloc(0)
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  const [start, end] = from === undefined ? [0, bytes.length] : [Number(from), Number(to) + 1]
  const headers = { etag: image?.etag, 'content-length': end - start }
  if (from === undefined) response.writeHead(200, headers)
  else response.writeHead(206, { ...headers, 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` })
  const half = bytes.subarray(start, start + Math.floor((end - start) / 2))
  await new Promise<void>((resolve) => response.write(half.length > 0 ? half : ' ', () => resolve()))
}

async function drain(request: FaultContext['request']): Promise<void> {
  request.resume()
  if (!request.readableEnded) await once(request, 'end')
}
