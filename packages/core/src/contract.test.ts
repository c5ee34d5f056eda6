import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { apiPrefixes, commonErrorStatuses, contract, type OperationDefinition } from './contract.ts'
import { errorTypeOf } from './errors.ts'
import { limits } from './limits.ts'

const operations = Object.entries<OperationDefinition>(contract)

test('both documented prefixes are served', () => {
  expect(apiPrefixes).toEqual(['/v2', '/preview/v2'])
})

test('the contract holds exactly the documented routes', () => {
  const routes = operations.map(([, { method, path, isPrefixed, status }]) =>
    [method, isPrefixed ? path : `(bare) ${path}`, status].join(' '),
  )
  expect(routes.toSorted()).toEqual(
    [
      'POST /images 201',
      'GET /images 200',
      'GET /images/{id} 200',
      'DELETE /images/{id} 200',
      'POST /images/{id}/parts 200',
      'GET /images/{id}/parts 200',
      'POST /images/{id}/complete 200',
      'GET /images/{id}/download 200',
      'POST /images/{id}/revoke 200',
      'POST /images/{id}/reinstate 200',
      'POST /admin/images/{id}/publish 200',
      'POST /admin/images/{id}/set-default 200',
      'GET /workspaces 200',
      'POST /workspaces 201',
      'GET /workspaces/{workspace} 200',
      'PATCH /workspaces/{workspace} 200',
      'DELETE /workspaces/{workspace} 200',
      'GET /capabilities 200',
      'GET /tokens 200',
      'POST /tokens 201',
      'DELETE /tokens/{token} 200',
      'GET (bare) /v1/account/me 200',
    ].toSorted(),
  )
})

describe.each(operations)('%s', (_, operation) => {
  test('has a schema for each place of its path, and no other', () => {
    const places = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, place]) => place)
    expect(Object.keys(operation.params.shape)).toEqual(places)
    expect(operation.path).toMatch(/^(?:\/(?:[a-z0-9-]+|\{\w+\}))+$/)
  })

  test('documents refusals that have a type, once each, and a role that can be too small', () => {
    expect(new Set(operation.errors).size).toBe(operation.errors.length)
    for (const status of operation.errors) {
      expect(commonErrorStatuses).not.toContain(status)
      expect(errorTypeOf(status)).not.toBe('invalid_request_error')
    }
    if (operation.role !== 'reader') expect(operation.errors).toContain(403)
    if (operation.path.includes('{')) expect(operation.errors).toContain(404)
  })

  test('has schemas that JSON Schema can say, read and written', () => {
    const { params, query, body, response } = operation
    for (const schema of [params, query, response, ...(body ? [body] : [])]) {
      for (const io of ['input', 'output'] as const)
        expect(z.toJSONSchema(schema, { io })).toMatchObject({ type: 'object' })
    }
  })

  test('refuses unknown fields in a body and tolerates them in an answer', () => {
    const { body, response } = operation
    if (body) expect(z.toJSONSchema(body, { io: 'input' }).additionalProperties).toBe(false)
    expect(z.toJSONSchema(response).additionalProperties).toEqual({})
  })
})

describe('the query of a list', () => {
  const { query } = contract.listImages

  test('has the documented defaults', () => {
    expect(query.parse({})).toEqual({ limit: limits.defaultPageSize, include_deleted: false })
  })

  test('is read from text', () => {
    const values = { limit: '200', include_deleted: 'true', id: ['image_a', 'vmi_b', 'name'], workspace: 'wksp_a' }
    expect(query.parse(values)).toEqual({ ...values, limit: 200, include_deleted: true })
  })

  test.each(['0', '201', '', ' 5', '5 ', '5\n', '1e2', '0x10', '+5', '-1', '1.0', '٥', '9'.repeat(40), ['1', '2']])(
    'refuses limit=%j',
    (limit) => {
      expect(query.safeParse({ limit }).success).toBe(false)
    },
  )

  test.each(['', '1', '0', 'TRUE', 'yes', 'true\n', ['true', 'true']])(
    'refuses include_deleted=%j',
    (include_deleted) => {
      expect(query.safeParse({ include_deleted }).success).toBe(false)
    },
  )
})
