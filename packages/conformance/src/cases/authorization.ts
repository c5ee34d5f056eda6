import { apiPrefixes, contract, type OperationName } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectError } from '../expectations.ts'
import { sentences } from '../sentences.ts'

/** Additions are asked about only where they are announced. */
const operations = (Object.keys(contract) as OperationName[]).filter(
  (name) => !['listTokens', 'createToken', 'revokeToken', 'listParts', 'getCapabilities'].includes(name),
)

const withoutToken = operations.map((name) => {
  const { method, path, isPrefixed } = contract[name]
  const target = path.replace('{id}', 'image_conformance').replace('{workspace}', 'wksp_conformance')
  return defineCase({
    id: `auth.missing.${name}`,
    title: `answers 401 to ${method} ${path} without a token`,
    sentence: sentences.bearer,
    tags: ['auth', 'errors', 'core'],
    safety: 'read-only',
    async run({ anonymous }) {
      for (const prefix of isPrefixed ? apiPrefixes : ([''] as const)) {
        expectError(await anonymous(method, target, { prefix }), 401)
      }
    },
  })
})

// Servers may slow down callers who guess tokens, so that each wrong one is tried once.
const wrong: readonly (readonly [id: string, what: string, authorization: string])[] = [
  ['unknown', 'a token that nobody has', `Bearer sk_live_${'A'.repeat(43)}`],
  ['garbage', 'a token of another form', 'Bearer conformance'],
  ['scheme', 'another scheme than Bearer', 'Basic Y29uZm9ybWFuY2U6eA=='],
]

const withWrongToken = wrong.map(([id, what, authorization]) =>
  defineCase({
    id: `auth.wrong.${id}`,
    title: `answers 401 to ${what}`,
    sentence: sentences.bearer,
    tags: ['auth', 'errors', 'core'],
    safety: 'read-only',
    async run({ anonymous }) {
      expectError(await anonymous('GET', '/images', { headers: { authorization } }), 401)
    },
  }),
)

export const authorizationCases = [...withoutToken, ...withWrongToken]
