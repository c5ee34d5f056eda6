import { expect, test } from 'vitest'
import { createApiError } from '../errors/api-error.ts'
import { NetworkError, ResponseError, SourceError } from '../errors/slipway-error.ts'
import { classifyFailure } from './retry-policy.ts'

function refusal(status: number, isPresigned = false) {
  const answer = { method: 'PUT', path: '/p', requestId: undefined, retryAfterMs: undefined, bodyText: '' }
  return createApiError({ ...answer, status, isPresigned })
}

test.each([
  [400, 'stop'],
  [401, 'stop'],
  [403, 'stop'],
  [404, 'stop'],
  [405, 'stop'],
  [409, 'stop'],
  [410, 'stop'],
  [411, 'stop'],
  [412, 'stop'],
  [413, 'stop'],
  [416, 'stop'],
  [422, 'stop'],
  [431, 'stop'],
  [301, 'stop'],
  [408, 'congested'],
  [429, 'congested'],
  [503, 'congested'],
  [504, 'congested'],
  [425, 'retry'],
  [500, 'retry'],
  [502, 'retry'],
  [520, 'retry'],
  [501, 'stop'],
  [505, 'stop'],
  [507, 'stop'],
])('status %d: %s', (status, verdict) => {
  expect(classifyFailure(refusal(status))).toBe(verdict)
})

test('a 403 of a presigned URL asks for another URL', () => {
  expect(classifyFailure(refusal(403, true))).toBe('renew_url')
})

test.each([
  ['connection_reset', 'congested'],
  ['timeout', 'congested'],
  ['stalled', 'congested'],
  ['connection_refused', 'retry'],
  ['host_not_found', 'retry'],
  ['network', 'retry'],
  ['untrusted_certificate', 'stop'],
])('the network failure %s: %s', (code, verdict) => {
  expect(classifyFailure(new NetworkError('', { code }))).toBe(verdict)
})

test('a garbled answer may be whole the next time', () => {
  expect(classifyFailure(new ResponseError('', { code: 'answer_not_json' }))).toBe('retry')
})

test.each([[new SourceError('', { code: 'x' })], [new TypeError('defect')], ['a string'], [undefined]])(
  'anything else stops: %s',
  (error) => {
    expect(classifyFailure(error)).toBe('stop')
  },
)
