import { expect, test } from 'vitest'
import { createApiError } from './api-error.ts'

function errorOf(status: number, bodyText: string) {
  return createApiError({ method: 'GET', path: '/v2/images/x', status, requestId: 'req_1', retryAfterMs: 5, bodyText })
}

test.each([
  [400, 'InvalidRequestError'],
  [401, 'AuthenticationError'],
  [403, 'ForbiddenError'],
  [404, 'NotFoundError'],
  [410, 'NotFoundError'],
  [409, 'ConflictError'],
  [429, 'ServerError'],
  [500, 'ServerError'],
  [503, 'ServerError'],
  [413, 'InvalidRequestError'],
])('status %d is a %s', (status, name) => {
  expect(errorOf(status, '')).toMatchObject({ name, status, requestId: 'req_1', retryAfterMs: 5 })
})

test('the envelope gives type, code and the server’s words with what to do', () => {
  const envelope = {
    error: {
      type: 'conflict',
      message: 'the name is taken',
      details: [{ code: 'name_taken', message: 'choose another name' }],
    },
  }
  expect(errorOf(409, JSON.stringify(envelope))).toMatchObject({
    type: 'conflict',
    code: 'name_taken',
    reason: 'the name is taken; choose another name',
    message: '[GET] "/v2/images/x": 409 Conflict: the name is taken; choose another name',
  })
})

test('a detail that the message says already is not said twice', () => {
  const envelope = {
    error: { type: 'not_found', message: 'no image x', details: [{ code: 'image_not_found', message: 'no image x' }] },
  }
  expect(errorOf(404, JSON.stringify(envelope)).reason).toBe('no image x')
})

test.each([
  [
    'S3’s XML',
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
    'Request has expired',
  ],
  ['XML with a code alone', '<Error><Code>SlowDown</Code></Error>', 'SlowDown'],
  [
    'a page',
    '<html><style>b { color: red }</style><h1>502 Bad Gateway</h1>\n<p>nginx</p></html>',
    '502 Bad Gateway nginx',
  ],
  ['plain text', 'upstream connect error', 'upstream connect error'],
  ['nothing', '', 'the server gave no reason'],
  ['JSON that is no envelope', '[1]', '[1]'],
  ['escape sequences', '\u001b[2Jgone\u0007', '[2Jgone'],
  ['a novel', 'x'.repeat(5000), 'x'.repeat(200)],
])('the reason of %s', (_, bodyText, reason) => {
  expect(errorOf(502, bodyText)).toMatchObject({
    reason,
    type: 'service_unavailable',
    code: 'service_unavailable',
    details: [],
  })
})

test('the words of an envelope cannot control a terminal either', () => {
  const envelope = { error: { type: 'conflict', message: 'a\u001b[2J\nb' } }
  expect(errorOf(409, JSON.stringify(envelope)).reason).toBe('a[2J b')
})
