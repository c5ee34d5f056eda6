import { expect, it } from 'vitest'
import { createCallQueue, QueueFullError } from './call-queue.ts'

it('runs so many at a time, lets so many wait in their order, and refuses the rest', async () => {
  const queue = createCallQueue({ maxRunning: 2, maxWaiting: 2 })
  const order: number[] = []
  const finish: (() => void)[] = []
  const call = (n: number) =>
    queue.run(async () => {
      order.push(n)
      await new Promise<void>((resolve) => finish.push(resolve))
    })
  const calls = [1, 2, 3, 4].map(call)
  await expect(call(5)).rejects.toThrow(QueueFullError)
  expect(order).toEqual([1, 2])
  finish.shift()?.()
  await calls[0]
  await expect.poll(() => order).toEqual([1, 2, 3])
  const sixth = call(6)
  for (let i = 0; i < 4; i++) {
    await expect.poll(() => finish.length).toBeGreaterThan(0)
    finish.shift()?.()
  }
  await Promise.all([...calls, sixth])
  expect(order).toEqual([1, 2, 3, 4, 6])
})

it('gives the place of a call that failed to the next', async () => {
  const queue = createCallQueue({ maxRunning: 1, maxWaiting: 1 })
  const failed = queue.run(() => Promise.reject(new Error('no')))
  const next = queue.run(async () => 'ran')
  await expect(failed).rejects.toThrow('no')
  expect(await next).toBe('ran')
})
