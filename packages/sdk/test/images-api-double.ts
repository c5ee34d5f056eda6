import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type Route, routeOf } from './double-routes.ts'

/** What a scripted fault does to one request. It answers, breaks the connection, or returns false to let it pass. */
export type Fault = (context: FaultContext) => boolean | Promise<boolean>

export interface FaultContext {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly kind: 'api' | 'put' | 'get'
  /** Such as `createImage`, `putPart`, `complete`. */
  readonly operation: string
  readonly partNumber: number | undefined
  /** Requests of this operation so far, this one included. */
  readonly count: number
  /** Carries the request out as usual, without letting the answer reach the client. May be done again. */
  readonly carryOutUnanswered: () => Promise<void>
  /** The image that the request is about. */
  readonly image: StoredImage | undefined
}

export interface DoubleOptions {
  readonly fault?: Fault
  /** Whether the server has Slipway's additions. Default: true. */
  readonly hasPartList?: boolean
  /** Whether creations heed `Idempotency-Key`, and the capabilities say so; false: there are none. Default: false. */
  readonly hasIdempotencyKeys?: boolean
  /** Keep the bytes of parts and serve them; false: discard, as a benchmark wants. Default: true. */
  readonly keepsBytes?: boolean
  readonly ignoresRanges?: boolean
  /** Whether the part list tells digests. Default: true. */
  readonly hasPartDigests?: boolean
  /** Whether the digest of completed images is told on download. Default: true. */
  readonly tellsDigest?: boolean
  /** Milliseconds since the epoch, as this server has it. Default: the system's. */
  readonly now?: () => number
}

export interface StoredImage {
  readonly id: string
  readonly name: string
  status: string
  sha256: string | null
  readonly parts: Map<number, { bytes: Buffer; sha256: string }>
  readonly createdAt: number
  etag: string
  /** Serve these bytes whatever was uploaded. */
  content?: Buffer
}

export interface ImagesApiDouble {
  readonly url: string
  readonly images: Map<string, StoredImage>
  /** Part PUTs that were acknowledged with a 200 that left the server, by part number. */
  readonly acknowledged: number[]
  readonly requests: { operation: string; partNumber: number | undefined; status: number | undefined }[]
  bytesOf(image: StoredImage): Buffer
  /** Somebody else begins an upload. */
  addStarted(name: string): StoredImage
  addCompleted(name: string, content: Buffer): StoredImage
  close(): Promise<void>
}

/** An Images API in memory, strict about what it accepts, for provoking every fault on a real socket. */
export async function startImagesApiDouble(options: DoubleOptions = {}): Promise<ImagesApiDouble> {
  const { hasPartList = true, hasPartDigests = true, tellsDigest = true, keepsBytes = true, now = Date.now } = options
  const { hasIdempotencyKeys = false } = options
  const images = new Map<string, StoredImage>()
  const creations = new Map<string, { readonly request: string; readonly image: StoredImage }>()
  const acknowledged: number[] = []
  const requests: ImagesApiDouble['requests'] = []
  const counts = new Map<string, number>()
  const signatures = new Set<string>()
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendError(response, 500, 'api_error', String(error))
    })
  })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = routeOf(request)
    const count = (counts.get(route.operation) ?? 0) + 1
    counts.set(route.operation, count)
    const record: (typeof requests)[number] = {
      operation: route.operation,
      partNumber: route.partNumber,
      status: undefined,
    }
    requests.push(record)
    response.on('finish', () => {
      record.status = response.statusCode
      if (route.operation === 'putPart' && response.statusCode === 200) acknowledged.push(route.partNumber as number)
    })
    const context: FaultContext = {
      request,
      response,
      kind: route.operation === 'putPart' ? 'put' : route.operation === 'getBytes' ? 'get' : 'api',
      operation: route.operation,
      partNumber: route.partNumber,
      count,
      carryOutUnanswered: () => answer(route, request, undefined),
      image: route.ref === undefined ? undefined : find(route.ref),
    }
    if (await options.fault?.(context)) return
    await answer(route, request, response)
  }

  async function answer(route: Route, request: IncomingMessage, response: ServerResponse | undefined): Promise<void> {
    const send = (status: number, body: unknown) => response && sendJson(response, status, body)
    const fail = (status: number, type: string, message: string, code?: string) =>
      response && sendError(response, status, type, message, code)
    if (route.operation === 'putPart' || route.operation === 'getBytes') {
      if (!signatures.has(route.signature ?? ''))
        return fail(403, 'forbidden', 'the signature is not valid', 'expired_url')
    } else if (request.headers.authorization !== 'Bearer sk_live_double') {
      return fail(401, 'authentication_error', 'the token is not valid')
    }
    const image = route.ref === undefined ? undefined : find(route.ref)
    if (route.ref !== undefined && !image) return fail(404, 'not_found', 'there is no such image', 'image_not_found')
    const isOpen = image?.status === 'started' || image?.status === 'uploading'
    switch (route.operation) {
      case 'account':
        return send(200, { id: 'acme', role: 'admin', is_frozen: false })
      case 'createImage': {
        const text = await readBody(request)
        const key = hasIdempotencyKeys ? request.headers['idempotency-key'] : undefined
        const earlier = typeof key === 'string' ? creations.get(key) : undefined
        if (earlier && earlier.request !== text) {
          return fail(409, 'idempotency_error', 'the key was used for another request', 'idempotency_error')
        }
        if (earlier) return send(201, wire(earlier.image))
        const { name, workspace } = JSON.parse(text) as { name: string; workspace: string }
        if (workspace === 'sfc:workspace:acme:missing') return fail(404, 'not_found', 'there is no such workspace')
        if ([...images.values()].some((other) => other.name === name)) {
          return fail(409, 'conflict', `the name ${name} is taken`, 'name_taken')
        }
        const created = add(name)
        if (typeof key === 'string') creations.set(key, { request: text, image: created })
        return send(201, wire(created))
      }
      case 'capabilities':
        if (!hasIdempotencyKeys) return fail(404, 'not_found', 'unknown path', 'unknown_path')
        return send(200, {
          object: 'capabilities',
          server: 'double/1',
          list_parts: hasPartList,
          part_sha256: hasPartDigests,
          verifies_sha256: true,
          idempotency_key: true,
          limits: {
            max_image_size: 2 ** 37,
            min_part_size: 5 * 2 ** 20,
            max_part_size: 5 * 2 ** 30,
            max_parts: 10_000,
          },
        })
      case 'listImages':
        return send(200, { object: 'list', data: [...images.values()].map(wire), has_more: false, cursor: null })
      case 'getImage':
        return send(200, wire(image as StoredImage))
      case 'deleteImage':
        images.delete((image as StoredImage).id)
        return send(200, { object: 'image', deleted: true, name: image?.name })
      case 'listParts':
        if (!hasPartList) return fail(404, 'not_found', 'unknown path', 'unknown_path')
        return send(200, {
          object: 'list',
          has_more: false,
          cursor: null,
          data: [...(image as StoredImage).parts]
            .sort(([a], [b]) => a - b)
            .map(([part_id, part]) => ({
              part_id,
              size: part.bytes.length,
              etag: `"${part.sha256}"`,
              ...(hasPartDigests ? { sha256: part.sha256 } : {}),
            })),
        })
      case 'createPartUrl': {
        if (!isOpen) return fail(409, 'conflict', 'the image is not uploadable', 'not_uploadable')
        const { part_id } = JSON.parse(await readBody(request)) as { part_id: number }
        ;(image as StoredImage).status = 'uploading'
        return send(200, { url: presign(`/bytes/${image?.id}/${part_id}`), expires_at: inOneHour(now()) })
      }
      case 'putPart': {
        if (!isOpen) return fail(409, 'conflict', 'the image is not uploadable', 'not_uploadable')
        const bytes = await readBytes(request, keepsBytes)
        if (keepsBytes && bytes.length !== Number(request.headers['content-length'])) return
        const sha256 = createHash('sha256').update(bytes).digest('hex')
        ;(image as StoredImage).parts.set(route.partNumber as number, { bytes, sha256 })
        response?.writeHead(200, { etag: `"${sha256}"` }).end()
        return
      }
      case 'complete': {
        const { sha256 } = JSON.parse(await readBody(request)) as { sha256: string }
        const target = image as StoredImage
        if (target.status === 'completed' && target.sha256 === sha256) return send(200, wire(target))
        if (!isOpen) return fail(409, 'conflict', 'the image is completed', 'already_completed')
        const actual = createHash('sha256').update(bytesOf(target)).digest('hex')
        if (keepsBytes && actual !== sha256) {
          return fail(400, 'invalid_request_error', `declared ${sha256}, the bytes have ${actual}`, 'digest_mismatch')
        }
        target.status = 'completed'
        target.sha256 = sha256
        return send(200, wire(target))
      }
      case 'download': {
        const target = image as StoredImage
        if (target.status !== 'completed') return fail(409, 'conflict', 'the image is not completed', 'not_completed')
        const { length } = bytesOf(target)
        return send(200, {
          url: presign(`/bytes/${target.id}`),
          expires_at: inOneHour(now()),
          sha256: tellsDigest ? target.sha256 : null,
          size: length,
        })
      }
      case 'getBytes':
        if (response) sendBytes(image as StoredImage, request, response)
        return
      default:
        return fail(404, 'not_found', 'unknown path', 'unknown_path')
    }
  }

  function sendBytes(image: StoredImage, request: IncomingMessage, response: ServerResponse): void {
    const bytes = bytesOf(image)
    const range = options.ignoresRanges ? null : /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
    if (request.headers['if-match'] !== undefined && request.headers['if-match'] !== image.etag) {
      response.writeHead(412).end()
      return
    }
    const headers = { etag: image.etag, 'accept-ranges': 'bytes' }
    if (!range) {
      response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes)
      return
    }
    const [start, end] = [Number(range[1]), Number(range[2]) + 1]
    response
      .writeHead(206, {
        ...headers,
        'content-length': end - start,
        'content-range': `bytes ${start}-${end - 1}/${bytes.length}`,
      })
      .end(bytes.subarray(start, end))
  }

  function find(ref: string): StoredImage | undefined {
    const name = ref.split(':').at(-1)
    return images.get(ref) ?? [...images.values()].find((image) => image.name === name)
  }

  function add(name: string): StoredImage {
    const id = `image_${randomBytes(8).toString('hex')}`
    const image: StoredImage = {
      id,
      name,
      status: 'started',
      sha256: null,
      parts: new Map(),
      createdAt: 1_738_972_800,
      etag: `"${id}"`,
    }
    images.set(id, image)
    return image
  }

  function presign(path: string): string {
    const signature = randomBytes(12).toString('hex')
    signatures.add(signature)
    return `${url}${path}?signature=${signature}`
  }

  function bytesOf(image: StoredImage): Buffer {
    const inOrder = [...image.parts].sort(([a], [b]) => a - b)
    return image.content ?? Buffer.concat(inOrder.map(([, part]) => part.bytes))
  }

  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    images,
    acknowledged,
    requests,
    bytesOf,
    addStarted: add,
    addCompleted(name, content) {
      const image = add(name)
      image.content = content
      image.status = 'completed'
      image.sha256 = createHash('sha256').update(content).digest('hex')
      return image
    },
    close: () => closeServer(server, sockets),
  }
}

function wire(image: StoredImage) {
  return {
    id: image.id,
    resource_path: `sfc:image:acme:default:${image.name}`,
    owner: 'acme',
    workspace: 'default',
    workspace_id: 'wksp_default',
    name: image.name,
    is_public: false,
    object: 'image',
    upload_status: image.status,
    created_at: image.createdAt,
    sha256: image.sha256,
  }
}

function inOneHour(nowMs: number): number {
  return Math.floor(nowMs / 1000) + 3600
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

export function sendError(
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
  code?: string,
): void {
  const details = code === undefined ? [] : [{ code, message }]
  sendJson(response, status, { error: { type, message, details } })
}

/** A request that is carried out twice has its body read once. */
const bodies = new WeakMap<IncomingMessage, Promise<Buffer>>()

function readBytes(request: IncomingMessage, keeps: boolean): Promise<Buffer> {
  const body = bodies.get(request) ?? collect(request, keeps)
  bodies.set(request, body)
  return body
}

async function collect(request: IncomingMessage, keeps: boolean): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) if (keeps) chunks.push(chunk as Buffer)
  } catch {
    return Buffer.alloc(0)
  }
  return Buffer.concat(chunks)
}

async function readBody(request: IncomingMessage): Promise<string> {
  return (await readBytes(request, true)).toString('utf8')
}

async function closeServer(server: Server, sockets: Set<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
}
