import { expect, test } from 'vitest'
import { raceAbort } from './race-abort.ts'

test('gives what the promise gives', async () => {
  expect(await raceAbort(Promise.resolve(1), new AbortController().signal)).toBe(1)
})

test('rejects with the reason as soon as the signal aborts, though the promise never settles', async () => {
  const caller = new AbortController()
  const race = raceAbort(new Promise(() => undefined), caller.signal)
  caller.abort('enough')
  await expect(race).rejects.toBe('enough')
})

test('a promise that rejects after the race is over harms nobody', async () => {
  const unhandled: unknown[] = []
  const onUnhandled = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', onUnhandled)
  const late = Promise.withResolvers<never>()
  await expect(raceAbort(late.promise, AbortSignal.abort('enough'))).rejects.toBe('enough')
  late.reject(new Error('too late'))
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
})
