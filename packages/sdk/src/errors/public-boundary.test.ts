import { InvalidValueError } from '@slipway/core'
import { expect, test } from 'vitest'
import { atPublicBoundary } from './public-boundary.ts'
import { NetworkError } from './slipway-error.ts'

test('a result passes', async () => {
  expect(await atPublicBoundary(undefined, async () => 7)).toBe(7)
})

test('an error of ours passes as it is', async () => {
  const error = new NetworkError('reset', { code: 'connection_reset' })
  await expect(atPublicBoundary(undefined, () => Promise.reject(error))).rejects.toBe(error)
})

test('a value that cannot be right is a UsageError', async () => {
  const cause = new InvalidValueError({ field: 'name', value: '', expectation: 'a name' })
  const run = atPublicBoundary(undefined, () => Promise.reject(cause))
  await expect(run).rejects.toMatchObject({ name: 'UsageError', code: 'invalid_value', message: cause.message, cause })
})

test('whatever is thrown once the signal has aborted is a CancelledError with the caller’s reason', async () => {
  const caller = new AbortController()
  const run = atPublicBoundary(caller.signal, async () => {
    caller.abort('enough')
    throw new Error('aborted somewhere')
  })
  await expect(run).rejects.toMatchObject({ name: 'CancelledError', code: 'cancelled', cause: 'enough' })
})

test('nothing is begun once the signal has aborted', async () => {
  let hasRun = false
  const run = atPublicBoundary(AbortSignal.abort(), async () => {
    hasRun = true
  })
  await expect(run).rejects.toMatchObject({ name: 'CancelledError' })
  expect(hasRun).toBe(false)
})

test('a defect is not dressed up', async () => {
  const defect = new TypeError('undefined is not a function')
  await expect(atPublicBoundary(undefined, () => Promise.reject(defect))).rejects.toBe(defect)
})
