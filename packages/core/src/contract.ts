import { z } from 'zod'
import { limits } from './limits.ts'
import { accountSchema, type Role } from './schemas/account.ts'
import { capabilitiesSchema } from './schemas/capabilities.ts'
import {
  completeImageBodySchema,
  createdImageSchema,
  createImageBodySchema,
  deletedImageSchema,
  imageDownloadSchema,
  imageSchema,
} from './schemas/image.ts'
import { listSchema } from './schemas/list.ts'
import { createPartUrlBodySchema, partSchema, partUrlSchema } from './schemas/part.ts'
import {
  cursorSchema,
  imageRefSchema,
  queryBoolean,
  queryInteger,
  workspaceLookupSchema,
  workspaceRefSchema,
} from './schemas/primitives.ts'
import {
  createdTokenSchema,
  createTokenBodySchema,
  revokedTokenSchema,
  tokenIdSchema,
  tokenSchema,
} from './schemas/token.ts'
import { deletedWorkspaceSchema, workspaceBodySchema, workspaceSchema } from './schemas/workspace.ts'

/** One operation of the API, stated once: clients, servers, documents and tests derive from it. */
export interface OperationDefinition {
  readonly summary: string
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** The path after the prefix, with `{param}` places. */
  readonly path: `/${string}`
  /** True: served under each of {@link apiPrefixes}. False: the path stands alone. */
  readonly isPrefixed: boolean
  /** Where older clients of the public API look for it; servers answer there too. */
  readonly formerPath?: `/${string}`
  /** The least role whose token may call it. */
  readonly role: Role
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  readonly body: z.ZodObject | null
  readonly status: 200 | 201
  readonly response: z.ZodObject
  /** The statuses of documented refusals, beyond {@link commonErrorStatuses}. */
  readonly errors: readonly number[]
}

/** Both prefixes serve the same operations with identical behaviour. */
export const apiPrefixes = ['/v2', '/preview/v2'] as const

/** What every operation may answer with. */
export const commonErrorStatuses = [400, 401, 500] as const

const none = z.object({})
const imageParams = z.object({ id: imageRefSchema })
const workspaceParams = z.object({ workspace: workspaceLookupSchema })
const tokenParams = z.object({ token: tokenIdSchema })
const pageQuery = z.object({
  limit: queryInteger({ min: 1, max: limits.maxPageSize })
    .default(limits.defaultPageSize)
    .meta({ description: 'The most items of the page.' }),
  starting_after: cursorSchema.optional().meta({ description: 'A cursor: the page begins after it.' }),
  ending_before: cursorSchema.optional().meta({ description: 'A cursor: the page ends before it, its own leads on.' }),
})

const get = {
  method: 'GET',
  isPrefixed: true,
  role: 'reader',
  params: none,
  query: none,
  body: null,
  status: 200,
} as const
const post = { ...get, method: 'POST', role: 'uploader' } as const

export const contract = {
  createImage: {
    ...post,
    summary: 'Create an image and start its multipart upload',
    path: '/images',
    body: createImageBodySchema,
    status: 201,
    response: createdImageSchema,
    errors: [403, 404, 409],
  },
  listImages: {
    ...get,
    summary: 'List images, newest first',
    path: '/images',
    query: pageQuery.extend({
      workspace: workspaceRefSchema.optional(),
      id: z.array(imageRefSchema).optional().meta({ description: 'Only these images; may be repeated.' }),
      include_deleted: queryBoolean().default(false).meta({ description: 'Softly deleted images too.' }),
    }),
    response: listSchema(imageSchema),
    errors: [404],
  },
  getImage: {
    ...get,
    summary: 'Get an image',
    path: '/images/{id}',
    params: imageParams,
    response: imageSchema,
    errors: [404],
  },
  deleteImage: {
    ...post,
    method: 'DELETE',
    summary: 'Delete an image softly',
    path: '/images/{id}',
    params: imageParams,
    response: deletedImageSchema,
    errors: [403, 404, 409],
  },
  createPartUrl: {
    ...post,
    summary: "Get a presigned URL to PUT one part's bytes to",
    path: '/images/{id}/parts',
    params: imageParams,
    body: createPartUrlBodySchema,
    response: partUrlSchema,
    errors: [403, 404, 409],
  },
  listParts: {
    ...get,
    summary: "List the parts that the server holds (Slipway's addition)",
    path: '/images/{id}/parts',
    params: imageParams,
    query: z.object({
      limit: queryInteger({ min: 1, max: limits.maxPartCount })
        .default(1000)
        .meta({ description: 'The most parts of the page.' }),
      starting_after: z.string().optional().meta({ description: 'The `cursor` of the page before.' }),
    }),
    response: listSchema(partSchema),
    errors: [404],
  },
  completeImage: {
    ...post,
    summary: 'Complete the multipart upload with the digest of the whole image',
    path: '/images/{id}/complete',
    params: imageParams,
    body: completeImageBodySchema,
    response: imageSchema,
    errors: [403, 404, 409],
  },
  getImageDownload: {
    ...get,
    summary: "Get a presigned URL of the image's bytes",
    path: '/images/{id}/download',
    params: imageParams,
    response: imageDownloadSchema,
    errors: [404, 409],
  },
  revokeImage: {
    ...post,
    summary: 'Revoke a completed image: it can no longer be downloaded or booted',
    path: '/images/{id}/revoke',
    params: imageParams,
    response: imageSchema,
    errors: [403, 404, 409],
  },
  reinstateImage: {
    ...post,
    summary: 'Reinstate a revoked image',
    path: '/images/{id}/reinstate',
    params: imageParams,
    response: imageSchema,
    errors: [403, 404, 409],
  },
  publishImage: {
    ...post,
    role: 'admin',
    summary: 'Make a completed image public',
    path: '/admin/images/{id}/publish',
    params: imageParams,
    response: imageSchema,
    errors: [403, 404, 409],
  },
  setDefaultImage: {
    ...post,
    role: 'admin',
    summary: 'Make a public image the default one, in place of the previous default',
    path: '/admin/images/{id}/set-default',
    params: imageParams,
    response: imageSchema,
    errors: [403, 404, 409],
  },
  listWorkspaces: {
    ...get,
    summary: 'List workspaces',
    path: '/workspaces',
    query: z.object({
      id: z.array(workspaceLookupSchema).optional().meta({ description: 'Only these workspaces; may be repeated.' }),
    }),
    response: listSchema(workspaceSchema),
    errors: [],
  },
  createWorkspace: {
    ...post,
    role: 'admin',
    summary: 'Create a workspace',
    path: '/workspaces',
    body: workspaceBodySchema,
    status: 201,
    response: workspaceSchema,
    errors: [403, 409],
  },
  getWorkspace: {
    ...get,
    summary: 'Get a workspace',
    path: '/workspaces/{workspace}',
    params: workspaceParams,
    response: workspaceSchema,
    errors: [404],
  },
  updateWorkspace: {
    ...post,
    method: 'PATCH',
    role: 'admin',
    summary: 'Rename a workspace; resource paths follow, ids stay',
    path: '/workspaces/{workspace}',
    params: workspaceParams,
    body: workspaceBodySchema,
    response: workspaceSchema,
    errors: [403, 404, 409],
  },
  deleteWorkspace: {
    ...post,
    method: 'DELETE',
    role: 'admin',
    summary: 'Delete an empty workspace',
    path: '/workspaces/{workspace}',
    params: workspaceParams,
    response: deletedWorkspaceSchema,
    errors: [403, 404, 409],
  },
  listTokens: {
    ...get,
    role: 'admin',
    summary: "List the account's tokens, never the secrets (Slipway's addition)",
    path: '/tokens',
    response: listSchema(tokenSchema),
    errors: [403],
  },
  createToken: {
    ...post,
    role: 'admin',
    summary: "Make a token; its secret is shown this once (Slipway's addition)",
    path: '/tokens',
    body: createTokenBodySchema,
    status: 201,
    response: createdTokenSchema,
    errors: [403, 404],
  },
  revokeToken: {
    ...post,
    method: 'DELETE',
    role: 'admin',
    summary: "Make a token useless at once (Slipway's addition)",
    path: '/tokens/{token}',
    params: tokenParams,
    response: revokedTokenSchema,
    errors: [403, 404],
  },
  getAccount: {
    ...get,
    summary: 'Get the account that the token belongs to',
    path: '/v1/account/me',
    isPrefixed: false,
    formerPath: '/v0/me',
    response: accountSchema,
    errors: [],
  },
  getCapabilities: {
    ...get,
    summary: "Get the server's additions and limits (Slipway's addition)",
    path: '/capabilities',
    response: capabilitiesSchema,
    errors: [],
  },
} as const satisfies Record<string, OperationDefinition>

export type OperationName = keyof typeof contract
export type OperationParams<K extends OperationName> = z.output<(typeof contract)[K]['params']>
/** What a caller writes: fields with a default may be left out. */
export type OperationQuery<K extends OperationName> = Partial<z.output<(typeof contract)[K]['query']>>
/** What a server reads, defaults filled in. */
export type ParsedQuery<K extends OperationName> = z.output<(typeof contract)[K]['query']>
export type OperationBody<K extends OperationName> = (typeof contract)[K]['body'] extends infer Body extends z.ZodType
  ? z.output<Body>
  : undefined
export type OperationResponse<K extends OperationName> = z.output<(typeof contract)[K]['response']>
