import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPartQueue } from './part-queue.ts'

test('gives the parts in order, in whatever order they joined', () => {
  const property = fc.property(fc.uniqueArray(fc.nat()), fc.uniqueArray(fc.nat()), (atFirst, later) => {
    const queue = createPartQueue(atFirst)
    for (const partNumber of later) queue.add(partNumber)
    const expected = [...atFirst, ...later].sort((a, b) => a - b)
    expect(queue.peek()).toBe(expected[0])
    expect(expected.map(() => queue.take())).toEqual(expected)
    expect(queue.take()).toBeUndefined()
  })
  fc.assert(property)
})

test('tells of each change', async () => {
  const queue = createPartQueue()
  const added = queue.changed()
  queue.add(1)
  await expect(added).resolves.toBeUndefined()
  const closed = queue.changed()
  expect(queue.isClosed).toBe(false)
  queue.close()
  await expect(closed).resolves.toBeUndefined()
  expect(queue.isClosed).toBe(true)
})
