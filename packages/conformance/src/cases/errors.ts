import { apiPrefixes } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectError, expectThat } from '../expectations.ts'
import { sentences } from '../sentences.ts'

const malformed: readonly (readonly [id: string, what: string, body: string])[] = [
  ['cut', 'JSON that ends too early', '{"workspace":'],
  ['no-json', 'text that is no JSON', 'workspace=default'],
  ['trailing', 'JSON with more behind it', '{} x'],
]

const unknownPaths: readonly (readonly [id: string, path: string])[] = [
  ['below-prefix', '/conformance'],
  ['below-image', '/images/image_conformance/conformance'],
]

export const errorCases = [
  ...malformed.map(([id, what, body]) =>
    defineCase({
      id: `errors.malformed-json.${id}`,
      title: `answers ${what} with 400 in the envelope`,
      sentence: sentences.sameEnvelope,
      tags: ['errors', 'core'],
      async run({ api }) {
        expectError(await api('POST', '/images', { body }), 400)
      },
    }),
  ),
  ...[
    ['array', 'a list', '[]'],
    ['text', 'a text', '"workspace"'],
    ['null', 'null', 'null'],
  ].map(([id, what, body]) =>
    defineCase({
      id: `errors.body-${id}`,
      title: `answers a body that is ${what} with 400`,
      sentence: sentences.invalid,
      tags: ['errors'],
      async run({ api }) {
        expectError(await api('POST', '/images', { body }), 400)
      },
    }),
  ),
  defineCase({
    id: 'errors.content-type',
    title: 'answers a body that does not say it is JSON in the envelope',
    sentence: sentences.sameEnvelope,
    tags: ['errors', 'core'],
    async run({ api, server, uniqueName }) {
      const body = JSON.stringify({ workspace: server.workspaceRef, name: uniqueName() })
      expectError(await api('POST', '/images', { body, headers: { 'content-type': 'text/plain' } }), [400, 415])
    },
  }),
  ...unknownPaths.map(([id, path]) =>
    defineCase({
      id: `errors.unknown-path.${id}`,
      title: `answers 404 in the envelope under ${path}`,
      sentence: sentences.sameEnvelope,
      tags: ['errors', 'core'],
      safety: 'read-only',
      async run({ api }) {
        for (const prefix of apiPrefixes) expectError(await api('GET', path, { prefix }), 404)
      },
    }),
  ),
  ...[
    ['images', 'PUT', '/images'],
    ['image', 'PUT', '/images/image_conformance'],
    ['complete', 'GET', '/images/image_conformance/complete'],
    ['workspaces', 'DELETE', '/workspaces'],
  ].map(([id, method, path]) =>
    defineCase({
      id: `errors.method.${id}`,
      title: `answers 405 in the envelope to ${method} ${path}`,
      sentence: sentences.sameEnvelope,
      tags: ['errors', 'core'],
      safety: 'read-only',
      async run({ api }) {
        expectError(await api(String(method), String(path)), 405)
      },
    }),
  ),
  defineCase({
    id: 'errors.type.invalid-request',
    title: 'calls a 400 an invalid_request_error',
    sentence: sentences.envelope,
    tags: ['errors', 'core'],
    safety: 'read-only',
    async run({ api }) {
      expectError(await api('GET', '/images?limit=none'), 400)
    },
  }),
  defineCase({
    id: 'errors.type.authentication',
    title: 'calls a 401 an authentication_error',
    sentence: sentences.envelope,
    tags: ['errors', 'auth'],
    safety: 'read-only',
    async run({ anonymous }) {
      expectError(await anonymous('GET', '/images'), 401)
    },
  }),
  defineCase({
    id: 'errors.type.not-found',
    title: 'calls a 404 not_found',
    sentence: sentences.envelope,
    tags: ['errors', 'core'],
    safety: 'read-only',
    async run({ api }) {
      expectError(await api('GET', '/images/image_conformance'), 404)
    },
  }),
  defineCase({
    id: 'errors.type.conflict',
    title: 'calls a 409 a conflict',
    sentence: sentences.envelope,
    tags: ['errors', 'core'],
    async run({ api, images }) {
      const { id } = await images.create()
      expectError(await api('GET', `/images/${id}/download`), 409)
    },
  }),
  defineCase({
    id: 'errors.details',
    title: 'tells field and code of what it refuses in details',
    sentence: sentences.details,
    tags: ['errors', 'core'],
    async run({ api }) {
      const answer = await api('POST', '/images', { body: { workspace: 7, name: '-' } })
      const details = expectError(answer, 400, { field: 'workspace' })
      expectThat(
        details.every(({ code }) => /^[a-z][a-z0-9_]*$/.test(code)),
        `details[].code must be machine-readable, not ${details.map(({ code }) => JSON.stringify(code)).join(', ')}`,
      )
    },
  }),
  defineCase({
    id: 'errors.code-is-stable',
    title: 'gives the same code to two numbers that are out of the same range',
    sentence: sentences.details,
    tags: ['errors'],
    safety: 'read-only',
    async run({ api }) {
      const codes = []
      for (const limit of ['0', '201']) {
        const details = expectError(await api('GET', `/images?limit=${limit}`), 400, { field: 'limit' })
        codes.push(details[0]?.code)
      }
      expectThat(codes[0] !== undefined && codes[0] === codes[1], `the codes are ${codes.join(' and ')}`)
    },
  }),
  ...[
    ['json', '/images/image_conformance'],
    ['json-unknown-path', '/conformance'],
  ].map(([id, path]) =>
    defineCase({
      id: `errors.${id}`,
      title: `says that an error under ${path} is JSON`,
      sentence: sentences.envelope,
      tags: ['errors'],
      safety: 'read-only',
      async run({ api }) {
        const type = (await api('GET', String(path))).headers.get('content-type')
        expectThat(/^application\/(?:[\w.-]+\+)?json/.test(type ?? ''), `the content type is ${type}`)
      },
    }),
  ),
]
