import { expect, test } from 'vitest'
import type { Contender, LeftOut } from './figure.ts'
import { measureInTurn } from './measure-in-turn.ts'

function recorder() {
  const order: string[] = []
  const contender = (name: string, fail?: Error): Contender => {
    let runs = 0
    return {
      name,
      role: 'peer',
      async measure() {
        order.push(name)
        if (fail) throw fail
        return { value: runs++, peakRssBytes: 10 - runs }
      },
    }
  }
  return { order, contender }
}

test('contenders take turns, each round begins with another one, and the first round is not counted', async () => {
  const { order, contender } = recorder()
  const measured = await measureInTurn({
    contenders: [contender('a'), contender('b')],
    runCount: 2,
    onRun: () => undefined,
    onLeftOut: () => undefined,
  })
  expect(order.join('')).toBe('abbaab')
  expect(measured).toEqual([
    { name: 'a', role: 'peer', values: [1, 2], peakRssBytes: 9 },
    { name: 'b', role: 'peer', values: [1, 2], peakRssBytes: 9 },
  ])
})

test('a peer that fails is left out and said so; what is ours fails the run', async () => {
  const { contender } = recorder()
  const leftOut: LeftOut[] = []
  const options = { runCount: 1, onRun: () => undefined, onLeftOut: (entry: LeftOut) => void leftOut.push(entry) }
  const broken = contender('broken', new Error('out of order'))
  const measured = await measureInTurn({ ...options, contenders: [broken, contender('fine')] })
  expect(measured.map(({ name }) => name)).toEqual(['fine'])
  expect(leftOut).toEqual([{ name: 'broken', reason: 'failed: out of order' }])
  await expect(measureInTurn({ ...options, contenders: [{ ...broken, role: 'ours' }] })).rejects.toThrow('out of order')
})
