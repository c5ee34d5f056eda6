import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { contract, type OperationDefinition } from './contract.ts'
import { createOpenApiDocument } from './openapi.ts'

const document = createOpenApiDocument({ version: '0.1.0', serverUrl: 'https://images.example.com/' })

type Operation = { operationId: string; parameters: { name: string }[]; responses: object; requestBody?: object }
const operationAt = (path: string, method: string) => document.paths[path]?.[method] as Operation

test('the document is valid OpenAPI 3.1', async () => {
  expect(await new Validator().validate(structuredClone(document) as never)).toEqual({ valid: true })
})

test('it is plain JSON', () => {
  expect(JSON.parse(JSON.stringify(document))).toEqual(document)
})

test('it holds each operation of the contract once, under its own name', () => {
  for (const [name, { method, path, status, errors }] of Object.entries<OperationDefinition>(contract)) {
    const operation = operationAt(path, method.toLowerCase())
    expect(operation.operationId).toBe(name)
    expect(Object.keys(operation.responses)).toEqual([
      ...[status, 400, 401, 500, ...errors].toSorted().map(String),
      'default',
    ])
  }
  const methods = Object.values(document.paths).flatMap(({ servers: _, ...methods }) => Object.keys(methods))
  expect(methods).toHaveLength(Object.keys(contract).length)
})

test('both prefixes are servers, and the account route stands outside of them', () => {
  expect(document.servers).toEqual([
    { url: 'https://images.example.com/v2' },
    { url: 'https://images.example.com/preview/v2' },
  ])
  expect(document.paths['/v1/account/me']).toMatchObject({ servers: [{ url: 'https://images.example.com' }] })
})

test('without a server URL, servers are relative to the document', () => {
  const { servers, paths } = createOpenApiDocument({ title: 'Mine', version: '1' })
  expect(servers).toEqual([{ url: '/v2' }, { url: '/preview/v2' }])
  expect(paths['/v1/account/me']).toMatchObject({ servers: [{ url: '/' }] })
})

test('query values are typed as what they mean, with their bounds and defaults', () => {
  expect(operationAt('/images', 'get').parameters).toMatchObject([
    { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } },
    { name: 'starting_after', required: false, schema: { type: 'string', pattern: '^imagec_[A-Za-z0-9_-]+$' } },
    { name: 'ending_before' },
    { name: 'workspace' },
    { name: 'id', schema: { type: 'array', items: { type: 'string' } } },
    { name: 'include_deleted', schema: { type: 'boolean', default: false } },
  ])
})

test('path parameters are required and described', () => {
  expect(operationAt('/images/{id}', 'get').parameters).toMatchObject([
    { name: 'id', in: 'path', required: true, description: expect.stringContaining('An image id') },
  ])
})

test('bodies and answers refer to named schemas, lists to the schema of their items', () => {
  expect(operationAt('/images', 'post').requestBody).toEqual({
    required: true,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/CreateImageBody' } } },
  })
  expect(document.components).toMatchObject({
    schemas: { ImageList: { properties: { data: { items: { $ref: '#/components/schemas/Image' } } } } },
  })
})

test('every reference leads somewhere, and every component is referred to', () => {
  const text = JSON.stringify(document)
  const references = new Set([...text.matchAll(/"\$ref":"#\/components\/(\w+\/\w+)"/g)].map(([, name]) => name))
  const { securitySchemes: _, ...components } = document.components as Record<string, object>
  const names = Object.entries(components).flatMap(([kind, named]) =>
    Object.keys(named).map((name) => `${kind}/${name}`),
  )
  expect([...references].toSorted()).toEqual(names.toSorted())
  expect(text).not.toContain('$schema')
})

test('every operation needs the bearer token', () => {
  expect(document.security).toEqual([{ bearer: [] }])
  expect(document.components).toMatchObject({ securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } })
})
