import { z } from 'zod'
import { commonErrorStatuses, contract, type OperationDefinition } from './contract.ts'
import { type ErrorType, errorTypeOf } from './errors.ts'
import { accountSchema } from './schemas/account.ts'
import { capabilitiesSchema } from './schemas/capabilities.ts'
import { errorBodySchema, errorDetailSchema } from './schemas/error.ts'
import {
  completeImageBodySchema,
  createdImageSchema,
  createImageBodySchema,
  deletedImageSchema,
  imageDownloadSchema,
  imageSchema,
} from './schemas/image.ts'
import { createPartUrlBodySchema, partSchema, partUrlSchema } from './schemas/part.ts'
import { createdTokenSchema, createTokenBodySchema, revokedTokenSchema, tokenSchema } from './schemas/token.ts'
import { deletedWorkspaceSchema, workspaceBodySchema, workspaceSchema } from './schemas/workspace.ts'

type JsonObject = Readonly<Record<string, unknown>>

const requestSchemas: Readonly<Record<string, z.ZodType>> = {
  CreateImageBody: createImageBodySchema,
  CreatePartUrlBody: createPartUrlBodySchema,
  CompleteImageBody: completeImageBodySchema,
  WorkspaceBody: workspaceBodySchema,
  CreateTokenBody: createTokenBodySchema,
}

const responseSchemas: Readonly<Record<string, z.ZodType>> = {
  Image: imageSchema,
  CreatedImage: createdImageSchema,
  DeletedImage: deletedImageSchema,
  ImageDownload: imageDownloadSchema,
  ImageList: contract.listImages.response,
  Part: partSchema,
  PartList: contract.listParts.response,
  PartUrl: partUrlSchema,
  Workspace: workspaceSchema,
  DeletedWorkspace: deletedWorkspaceSchema,
  WorkspaceList: contract.listWorkspaces.response,
  Token: tokenSchema,
  CreatedToken: createdTokenSchema,
  RevokedToken: revokedTokenSchema,
  TokenList: contract.listTokens.response,
  Account: accountSchema,
  Capabilities: capabilitiesSchema,
  ErrorDetail: errorDetailSchema,
  Error: errorBodySchema,
}

const refusals: Readonly<Record<ErrorType, string>> = {
  invalid_request_error: 'The request is malformed: `details` names the field and what to do.',
  authentication_error: 'The bearer token is missing, unknown or expired.',
  forbidden: 'The token, or the image, does not allow this.',
  not_found: 'There is no such thing, or the token cannot see it.',
  request_timed_out: 'The request did not arrive in time.',
  conflict: 'The present state does not allow this: `details` says why.',
  gone: 'It was there and is not any more.',
  unprocessable_entity: 'The request is well formed and still cannot be carried out.',
  api_error: 'The server failed; the request may be repeated.',
  not_implemented: 'The server does not have this operation.',
  service_unavailable: 'Come back later, after `Retry-After` seconds if the header is there.',
}

const baseUri = '#/components/schemas/'

/** The `components` of the OpenAPI document: named schemas, one response for each type of error, the bearer token. */
export function openApiComponents(): JsonObject {
  const content = { 'application/json': { schema: { $ref: `${baseUri}Error` } } }
  const responses = [...documentedTypes()].map((type) => [type, { description: refusals[type], content }])
  return {
    schemas: { ...jsonSchemasOf(requestSchemas, 'input'), ...jsonSchemasOf(responseSchemas, 'output') },
    responses: {
      ...Object.fromEntries(responses),
      other: { description: 'Any other refusal, such as 405, 413 or 429, in the same envelope.', content },
    },
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A token `sk_live_…`.' } },
  }
}

function documentedTypes(): Set<ErrorType> {
  const statuses = Object.values<OperationDefinition>(contract).flatMap(({ errors }) => errors)
  return new Set([...commonErrorStatuses, ...statuses].map(errorTypeOf))
}

/** A reference to the named schema of a contract's body or response. */
export function referTo(schema: NonNullable<OperationDefinition['body']>): JsonObject {
  const [name] = Object.entries({ ...requestSchemas, ...responseSchemas }).find(([, named]) => named === schema) ?? []
  if (name === undefined)
    throw new TypeError('a schema of the contract has no name in the OpenAPI document: add it here')
  return { $ref: baseUri + name }
}

function jsonSchemasOf(named: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): JsonObject {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { io, uri: (id) => baseUri + id })
  return Object.fromEntries(Object.entries(schemas).map(([id, { $id: _, $schema: __, ...schema }]) => [id, schema]))
}
