import { z } from 'zod'
import { apiPrefixes, commonErrorStatuses, contract, type OperationDefinition } from './contract.ts'
import { errorTypeOf } from './errors.ts'
import { openApiComponents, referTo } from './openapi-components.ts'

export interface OpenApiOptions {
  /** Default: `Images API`. */
  readonly title?: string | undefined
  /** The version of what serves the API, such as `0.1.0`. */
  readonly version: string
  /** Where the server is, without a prefix: `https://images.example.com`. Default: where the document was fetched from. */
  readonly serverUrl?: string | undefined
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: Readonly<Record<string, unknown>>
  readonly servers: readonly { readonly url: string }[]
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components: Readonly<Record<string, unknown>>
}

type JsonObject = Readonly<Record<string, unknown>>

/**
 * The OpenAPI 3.1 document of the contract. The prefixes are its servers, so that each operation stands in it once; a path
 * that has no prefix names its own server.
 */
export function createOpenApiDocument({ title = 'Images API', version, serverUrl }: OpenApiOptions): OpenApiDocument {
  const origin = (serverUrl ?? '').replace(/\/+$/, '')
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [operationId, operation] of Object.entries<OperationDefinition>(contract)) {
    // OpenAPI wants a server's URL not to be empty; a relative one is resolved against the document's.
    paths[operation.path] ??= operation.isPrefixed ? {} : { servers: [{ url: origin || '/' }] }
    Object.assign(paths[operation.path] ?? {}, { [operation.method.toLowerCase()]: describe(operationId, operation) })
  }
  return {
    openapi: '3.1.0',
    info: {
      title,
      version,
      description: 'Virtual machine disk images: multipart upload, life cycle and download.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: apiPrefixes.map((prefix) => ({ url: origin + prefix })),
    security: [{ bearer: [] }],
    paths,
    components: openApiComponents(),
  }
}

function describe(
  operationId: string,
  { summary, role, params, query, body, status, response, errors }: OperationDefinition,
) {
  const refusals = [...commonErrorStatuses, ...errors].toSorted((a, b) => a - b)
  return {
    operationId,
    summary,
    description: `${summary}. Needs a token of the role \`${role}\` or a greater one.`,
    parameters: [...parametersOf('path', params), ...parametersOf('query', query)],
    ...(body && { requestBody: { required: true, content: json(referTo(body)) } }),
    responses: {
      [status]: { description: 'Success.', content: json(referTo(response)) },
      ...Object.fromEntries(refusals.map((refusal) => [refusal, refusalOf(errorTypeOf(refusal))])),
      default: refusalOf('other'),
    },
  }
}

function parametersOf(place: 'path' | 'query', { shape }: z.ZodObject): JsonObject[] {
  return Object.entries(shape).map(([name, field]) => {
    // What a query's preprocessing reads from text is documented as what it makes of it: an integer, a boolean.
    const { $schema: _, description, ...schema } = z.toJSONSchema(field as z.ZodType, { io: 'output' })
    const isRequired = !z.safeParse(field, undefined).success
    return { name, in: place, required: isRequired, ...(description && { description }), schema }
  })
}

function refusalOf(name: string): JsonObject {
  return { $ref: `#/components/responses/${name}` }
}

function json(schema: JsonObject): JsonObject {
  return { 'application/json': { schema } }
}
