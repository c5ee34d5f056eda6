import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  contract,
  createImageId,
  createWorkspaceId,
  errorTypeOf,
  generateName,
  type ImageEvent,
  type ImageState,
  initialImageState,
  isUploadable,
  parseImageRef,
  parseWorkspaceRef,
  transitionImage,
} from '@slipway/core'
import type { z } from 'zod'
import { createObjectStore } from './object-store.ts'

/**
 * A strict server of the public API: only its documented routes, fields and headers, bytes on another origin that talks
 * like an object store, digests taken as declared. None of Slipway's additions: using one is a 400 or a 404.
 */
export interface PublicApiDouble {
  readonly url: string
  readonly token: string
  /** Every request that came, without its query. */
  readonly requests: { method: string; path: string; headers: IncomingMessage['headers'] }[]
  /** Connections that were made so far. */
  connectionCount: number
  readonly store: ReturnType<typeof createObjectStore>
  /** Answers instead of the double, when it returns true. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
  stop(): Promise<void>
}

interface DoubleImage {
  readonly id: string
  readonly workspaceId: string
  readonly name: string
  readonly createdAt: number
  readonly order: number
  state: ImageState
}

interface DoubleWorkspace {
  readonly id: string
  name: string
  readonly created_at: number
}

const account = 'acme'
const additions = new Set(['listParts', 'listTokens', 'createToken', 'revokeToken', 'getCapabilities'])

class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly field: string | undefined
  constructor(status: number, code: string, message: string, field?: string) {
    super(message)
    this.status = status
    this.code = code
    this.field = field
  }
}

export async function startPublicApiDouble({ port = 0 }: { port?: number } = {}): Promise<PublicApiDouble> {
  const token = `sk_live_${randomBytes(32).toString('base64url')}`
  const store = createObjectStore()
  await store.start()
  const images = new Map<string, DoubleImage>()
  const workspaces = new Map<string, DoubleWorkspace>()
  /** Cursors that were given out, and where they stand. */
  const cursors = new Map<string, number>()
  let order = 0
  const addWorkspace = (name: string) => {
    const workspace = { id: createWorkspaceId(), name, created_at: Math.floor(Date.now() / 1000) }
    workspaces.set(workspace.id, workspace)
    return workspace
  }
  addWorkspace('default')

  const wireWorkspace = (workspace: DoubleWorkspace) => ({
    ...workspace,
    resource_path: `sfc:workspace:${account}:${workspace.name}`,
    owner: account,
    object: 'workspace',
  })
  const wireImage = (image: DoubleImage) => {
    const workspace = workspaces.get(image.workspaceId)?.name ?? 'gone'
    return {
      id: image.id,
      resource_path: `sfc:image:${account}:${workspace}:${image.name}`,
      owner: account,
      workspace,
      workspace_id: image.workspaceId,
      name: image.name,
      is_public: image.state.isPublic,
      object: 'image',
      upload_status: image.state.uploadStatus,
      created_at: image.createdAt,
      sha256: image.state.sha256,
    }
  }
  const isLive = ({ state }: DoubleImage) => !state.isDeleted && state.uploadStatus !== 'failed'
  const findWorkspace = (text: string) => {
    const ref = parseWorkspaceRef(text)
    const found =
      ref.kind === 'id'
        ? workspaces.get(ref.id)
        : [...workspaces.values()].find(({ name }) => ref.path.account === account && ref.path.name === name)
    if (!found) throw new Refusal(404, 'workspace_not_found', 'no such workspace', 'workspace')
    return found
  }
  const findImage = (text: string, { isDeletedToo = false } = {}) => {
    const ref = parseImageRef(text)
    const found = [...images.values()].find((image) => {
      if (ref.kind === 'id') return image.id === ref.id && (isDeletedToo || !image.state.isDeleted)
      const wanted = ref.kind === 'path' ? ref.path : { account, workspace: 'default', name: ref.name }
      const workspace = workspaces.get(image.workspaceId)?.name
      return isLive(image) && wanted.account === account && wanted.workspace === workspace && wanted.name === image.name
    })
    if (!found) throw new Refusal(404, 'image_not_found', 'no such image', 'id')
    return found
  }
  const apply = (image: DoubleImage, event: ImageEvent) => {
    const transition = transitionImage(image.state, event)
    if (!transition.ok) {
      const status =
        transition.code === 'image_not_found' ? 404 : /public_image|default_image/.test(transition.code) ? 403 : 409
      throw new Refusal(transition.code === 'no_parts' ? 400 : status, transition.code, transition.message)
    }
    image.state = transition.state
  }
  const assertNameFree = (workspaceId: string, name: string) => {
    const isTaken = [...images.values()].some(
      (image) => isLive(image) && image.workspaceId === workspaceId && image.name === name,
    )
    if (isTaken) throw new Refusal(409, 'name_taken', 'the name is taken', 'name')
  }
  const change =
    (type: Exclude<ImageEvent['type'], 'completed'>) =>
    ({ params }: Call) => {
      const image = findImage(params.id ?? '')
      if (type === 'made_default') {
        for (const other of images.values())
          if (other !== image && other.state.isDefault) apply(other, { type: 'default_moved' })
      }
      apply(image, { type })
      return wireImage(image)
    }

  const cursorOf = (position: number) => {
    const cursor = `imagec_${randomBytes(12).toString('hex')}`
    cursors.set(cursor, position)
    return cursor
  }

  // biome-ignore lint/suspicious/noExplicitAny: bodies and queries were parsed by the contract's own schemas
  type Call = { params: Record<string, string>; query: any; body: any }
  const handlers: Record<string, (call: Call) => unknown> = {
    createImage({ body }) {
      const { id: workspaceId } = findWorkspace(body.workspace)
      const name: string = body.name ?? generateName()
      assertNameFree(workspaceId, name)
      const createdAt = Math.floor(Date.now() / 1000)
      const image: DoubleImage = {
        id: createImageId(),
        workspaceId,
        name,
        createdAt,
        order: ++order,
        state: initialImageState,
      }
      images.set(image.id, image)
      // As the documentation's example: without these two fields.
      const { workspace_id: _, is_public: __, ...created } = wireImage(image)
      return created
    },
    listImages({ query }) {
      const isPublicList = query.workspace === 'sfc:workspace:sfcompute:public'
      const workspace = query.workspace && !isPublicList ? findWorkspace(query.workspace) : undefined
      if (query.starting_after && query.ending_before)
        throw new Refusal(400, 'invalid_format', 'one of them', 'ending_before')
      const orderOf = (cursor: string, field: string) => {
        const found = cursors.get(cursor)
        if (found === undefined) throw new Refusal(400, 'invalid_cursor', 'not a cursor', field)
        return found
      }
      const after = query.starting_after ? orderOf(query.starting_after, 'starting_after') : Number.POSITIVE_INFINITY
      const before = query.ending_before ? orderOf(query.ending_before, 'ending_before') : 0
      const ids =
        query.id &&
        new Set(
          query.id.flatMap((ref: string) => tryFind(() => findImage(ref, { isDeletedToo: query.include_deleted }).id)),
        )
      const all = [...images.values()]
        .filter((image) => query.include_deleted || !image.state.isDeleted)
        .filter((image) => (isPublicList ? image.state.isPublic : !workspace || image.workspaceId === workspace.id))
        .filter((image) => !ids || ids.has(image.id))
        .filter((image) => image.order < after && image.order > before)
        .sort((a, b) => b.order - a.order)
      const data = query.ending_before ? all.slice(-query.limit) : all.slice(0, query.limit)
      const last = data.at(-1)
      return {
        object: 'list',
        data: data.map(wireImage),
        has_more: all.length > data.length,
        cursor: last ? cursorOf(last.order) : null,
      }
    },
    getImage: ({ params }) => wireImage(findImage(params.id ?? '')),
    deleteImage({ params }) {
      const image = findImage(params.id ?? '')
      apply(image, { type: 'deleted' })
      return { object: 'image', deleted: true, name: image.name }
    },
    createPartUrl({ params, body }) {
      const image = findImage(params.id ?? '')
      apply(image, { type: 'part_url_issued' })
      return store.presignPut({ key: image.id, partNumber: body.part_id, isOpen: () => isUploadable(image.state) })
    },
    completeImage({ params, body }) {
      const image = findImage(params.id ?? '')
      if (isUploadable(image.state)) {
        const refusal = store.refusalOf(image.id)
        if (refusal) throw new Refusal(400, refusal.code, refusal.message, refusal.field)
      }
      apply(image, { type: 'completed', sha256: body.sha256 })
      return wireImage(image)
    },
    getImageDownload({ params }) {
      const image = findImage(params.id ?? '')
      if (image.state.uploadStatus !== 'completed')
        throw new Refusal(409, 'not_completed', 'the image is not completed')
      return { ...store.presignGet(image.id), sha256: image.state.sha256 }
    },
    revokeImage: change('revoked'),
    reinstateImage: change('reinstated'),
    publishImage: change('published'),
    setDefaultImage: change('made_default'),
    listWorkspaces: () => ({
      object: 'list',
      data: [...workspaces.values()].map(wireWorkspace),
      has_more: false,
      cursor: null,
    }),
    createWorkspace({ body }) {
      const name = body.name ?? generateName()
      if ([...workspaces.values()].some((workspace) => workspace.name === name))
        throw new Refusal(409, 'name_taken', 'taken', 'name')
      return wireWorkspace(addWorkspace(name))
    },
    getWorkspace: ({ params }) => wireWorkspace(findWorkspace(params.workspace ?? '')),
    updateWorkspace({ params, body }) {
      const workspace = findWorkspace(params.workspace ?? '')
      if (workspace.name === 'default') throw new Refusal(409, 'default_workspace', 'the default workspace stays')
      const isTaken = [...workspaces.values()].some((other) => other !== workspace && other.name === body.name)
      if (isTaken) throw new Refusal(409, 'name_taken', 'taken', 'name')
      if (body.name) workspace.name = body.name
      return wireWorkspace(workspace)
    },
    deleteWorkspace({ params }) {
      const workspace = findWorkspace(params.workspace ?? '')
      if (workspace.name === 'default') throw new Refusal(409, 'default_workspace', 'the default workspace stays')
      const isFull = [...images.values()].some((image) => image.workspaceId === workspace.id && !image.state.isDeleted)
      if (isFull) throw new Refusal(409, 'workspace_not_empty', 'it holds images')
      workspaces.delete(workspace.id)
      return { object: 'workspace', deleted: true, name: workspace.name }
    },
    getAccount: () => ({ id: account, role: 'admin', is_frozen: false }),
  }

  const routes = Object.entries(contract)
    .filter(([name]) => !additions.has(name))
    .map(([name, operation]) => {
      const prefix = operation.isPrefixed ? '(?:/preview)?/v2' : ''
      const pattern = new RegExp(`^${prefix}${operation.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
      return { name, operation, pattern }
    })

  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://double.invalid')
    const onPath = routes.filter(({ pattern }) => pattern.test(pathname))
    if (onPath.length === 0) throw new Refusal(404, 'unknown_path', 'unknown path')
    const route = onPath.find(({ operation }) => operation.method === request.method)
    if (!route) throw new Refusal(405, 'method_not_allowed', 'wrong method')
    if (request.headers.authorization !== `Bearer ${token}`) throw new Refusal(401, 'invalid_token', 'wrong token')
    if (request.headers['idempotency-key'] !== undefined) throw new Refusal(400, 'unknown_header', 'no such header')
    const { operation, pattern, name } = route
    const groups = Object.entries(pattern.exec(pathname)?.groups ?? {})
    const params = Object.fromEntries(groups.map(([key, value]) => [key, decodeURIComponent(value)]))
    const known = Object.keys(operation.query.shape)
    const unknown = [...searchParams.keys()].find((key) => !known.includes(key))
    if (unknown) throw new Refusal(400, 'unrecognized_field', `unknown parameter ${unknown}`)
    const query = Object.fromEntries(
      known.flatMap((key) => {
        const values = searchParams.getAll(key)
        return values.length === 0 ? [] : [[key, key === 'id' ? values : values[0]]]
      }),
    )
    const body = operation.body ? await readJson(request) : undefined
    if (name === 'createPartUrl' && Object.keys(body as object).some((key) => key !== 'part_id')) {
      throw new Refusal(400, 'unrecognized_field', 'only part_id is known here')
    }
    const parsed = {
      params: parse(operation.params, params) as Record<string, string>,
      query: parse(operation.query, query),
      body: operation.body ? parse(operation.body, body) : undefined,
    }
    return { status: operation.status, body: handlers[name]?.(parsed) }
  }

  const double: PublicApiDouble = {
    url: '',
    token,
    requests: [],
    connectionCount: 0,
    store,
    intercept: undefined,
    stop: async () => undefined,
  }
  const server: Server = createServer((request, response) => {
    const { method = '', headers } = request
    const requestId = `double-${randomBytes(6).toString('hex')}`
    double.requests.push({ method, path: (request.url ?? '').split('?', 1)[0] ?? '', headers })
    response.setHeader('x-request-id', requestId)
    if (double.intercept?.(request, response)) return
    answer(request)
      .catch((error: unknown) => {
        const { status, code, message, field } =
          error instanceof Refusal ? error : new Refusal(400, 'invalid', String(error))
        const detail = { ...(field === undefined ? {} : { field }), code, message }
        return { status, body: { error: { type: errorTypeOf(status), message, details: [detail] } } }
      })
      .then(({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      )
  })
  server.on('connection', () => double.connectionCount++)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return Object.assign(double, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await store.stop()
    },
  })
}

function parse(schema: z.ZodObject, value: unknown): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Refusal(400, 'invalid_format', issue?.message ?? 'invalid', issue?.path.join('.'))
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text === '' ? {} : JSON.parse(text)
}

function tryFind(find: () => string): string[] {
  try {
    return [find()]
  } catch (error) {
    if (error instanceof Refusal) return []
    throw error
  }
}
