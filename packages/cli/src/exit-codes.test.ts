import * as sdk from '@slipway/sdk'
import { describe, expect, it } from 'vitest'
import { CommandFailure } from './command-failure.ts'
import { describeError } from './describe-error.ts'
import { exitCodeOfSdkError } from './exit-codes.ts'

describe('the exit codes', () => {
  it.each([
    ['UsageError', 2],
    ['InvalidRequestError', 2],
    ['AuthenticationError', 3],
    ['ForbiddenError', 3],
    ['NotFoundError', 4],
    ['ConflictError', 5],
    ['UploadLockedError', 5],
    ['ServerError', 6],
    ['NetworkError', 6],
    ['OutcomeUnknownError', 6],
    ['ResponseError', 6],
    ['IntegrityError', 7],
    ['SourceError', 8],
    ['DestinationError', 8],
    ['CancelledError', 130],
  ])('%s exits with %d', (name, exitCode) => {
    expect(exitCodeOfSdkError({ name, code: 'any' })).toBe(exitCode)
  })

  it('know every error class that the SDK has', () => {
    const names = Object.keys(sdk).filter((name) => name.endsWith('Error'))
    const general = ['SlipwayError', 'ApiError']
    const unknown = names.filter((name) => !general.includes(name) && exitCodeOfSdkError({ name, code: 'any' }) === 1)
    expect(names.length).toBeGreaterThan(10)
    expect(unknown).toEqual([])
  })

  it("count the server's refusal of a digest as damage", () => {
    expect(exitCodeOfSdkError({ name: 'InvalidRequestError', code: 'digest_mismatch' })).toBe(7)
  })

  it('do not take a refused URL for a token that is not good enough', () => {
    const refusal = { name: 'ForbiddenError', code: 'expired_url', isPresigned: true, status: 403 }
    expect(exitCodeOfSdkError(refusal)).toBe(6)
    expect(exitCodeOfSdkError({ ...refusal, isPresigned: false })).toBe(3)
  })
})

describe('describeError', () => {
  it("gives the server's words, the status, the request id and what to do", () => {
    const error = new sdk.NotFoundError({
      method: 'GET',
      path: '/v2/images/x',
      status: 404,
      type: 'not_found',
      code: 'image_not_found',
      reason: 'there is no image "x"',
      details: [],
      requestId: 'req_1',
      retryAfterMs: undefined,
    })
    expect(describeError(error)).toEqual({
      message: 'there is no image "x" (404, request req_1)',
      hint: '`slipway images list` shows the images that are there',
      exitCode: 4,
      code: 'image_not_found',
      requestId: 'req_1',
    })
  })

  it('does not blame the token for a URL that is refused', () => {
    const error = new sdk.ForbiddenError({
      method: 'PUT',
      path: '/bytes/x',
      isPresigned: true,
      status: 403,
      type: 'forbidden',
      code: 'expired_url',
      reason: 'the URL has expired',
      details: [],
      requestId: undefined,
      retryAfterMs: undefined,
    })
    expect(describeError(error)).toMatchObject({
      message: 'the URL has expired (403)',
      exitCode: 6,
      code: 'expired_url',
    })
    expect(describeError(error).hint).toContain('clock')
  })

  it('passes on what the command line found itself', () => {
    const failure = new CommandFailure('FILE is missing', { exitCode: 2, hint: 'usage: …' })
    expect(describeError(failure)).toMatchObject({ message: 'FILE is missing', hint: 'usage: …', exitCode: 2 })
  })

  it('asks for a report of what nobody foresaw', () => {
    expect(describeError(new TypeError('x is not a function'))).toMatchObject({ exitCode: 1 })
    expect(describeError(Object.assign(new Error('no'), { code: 'EIO' })).hint).toContain('--debug')
    expect(describeError('a string').message).toContain('a string')
  })
})
