import { expect, test } from 'vitest'
import { toNetworkError } from './network-error.ts'
import { SourceError } from './slipway-error.ts'

const what = '[PUT] "/part"'
const withCode = (code: string) => Object.assign(new Error('low level'), { code })

test.each([
  ['ECONNREFUSED', 'connection_refused'],
  ['ECONNRESET', 'connection_reset'],
  ['EPIPE', 'connection_reset'],
  ['UND_ERR_SOCKET', 'connection_reset'],
  ['ENOTFOUND', 'host_not_found'],
  ['EAI_AGAIN', 'host_not_found'],
  ['EHOSTUNREACH', 'host_unreachable'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted_certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'untrusted_certificate'],
  ['HPE_INVALID_CONSTANT', 'network'],
])('%s is %s', (systemCode, code) => {
  const cause = withCode(systemCode)
  expect(toNetworkError(cause, what)).toMatchObject({
    name: 'NetworkError',
    code,
    cause,
    message: expect.stringMatching(/^\[PUT] "\/part": /),
  })
})

test('a code is found below other errors: in a cause, in the first of several addresses', () => {
  expect(toNetworkError(new TypeError('fetch failed', { cause: withCode('ECONNRESET') }), what).code).toBe(
    'connection_reset',
  )
  expect(toNetworkError(new AggregateError([withCode('ECONNREFUSED')]), what).code).toBe('connection_refused')
})

test.each([['a string'], [undefined], [new Error('nameless')], [new AggregateError([])]])(
  '%s is a failure of the network',
  (error) => {
    expect(toNetworkError(error, what).code).toBe('network')
  },
)

test('an error of ours stays what it is', () => {
  const error = new SourceError('gone', { code: 'source_changed' })
  expect(toNetworkError(error, what)).toBe(error)
})
