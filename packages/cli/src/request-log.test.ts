import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { displaySettings } from './display-settings.ts'
import { createOutput } from './output.ts'
import { createRequestLog } from './request-log.ts'

const answered = {
  method: 'GET',
  path: '/v2/images',
  attempt: 1,
  status: 200,
  requestId: 'req_1',
  durationMs: 12.3,
  isCancelled: false,
}
const unanswered = { method: 'GET', path: '/v2/images', attempt: 2, durationMs: 5, isCancelled: false }

async function said(records: readonly (typeof answered | typeof unanswered)[], isVerbose: boolean, isSilent = false) {
  const stderr = new PassThrough()
  const output = createOutput({ stdout: new PassThrough(), stderr, display: displaySettings({}) })
  const log = createRequestLog({ output, apiUrl: 'http://127.0.0.1:1', isVerbose, isSilent })
  for (const record of records) log(record)
  stderr.end()
  return await text(stderr)
}

describe('the request log', () => {
  it('says once why there is a pause', async () => {
    expect(await said([unanswered, { ...answered, status: 503 }, answered], false)).toBe(
      'No answer from http://127.0.0.1:1, trying again…\n',
    )
  })

  it('says nothing while all is well, or when it is to be silent', async () => {
    expect(await said([answered, { ...answered, status: 404 }], false)).toBe('')
    expect(await said([unanswered], false, true)).toBe('')
    expect(await said([{ ...unanswered, isCancelled: true }], false)).toBe('')
  })

  it('shows every request when asked', async () => {
    expect(await said([answered, unanswered], true)).toBe(
      'GET /v2/images: 200 in 12 ms, request req_1\nGET /v2/images: no answer in 5 ms, attempt 2\n',
    )
  })
})
