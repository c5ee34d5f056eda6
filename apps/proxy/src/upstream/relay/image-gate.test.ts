import { expect, it } from 'vitest'
import { createImageGate } from './image-gate.ts'

/** Runs that end when told to, and the order in which they began. */
function createRuns() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const run = (name: string) => () => {
    begun.push(name)
    return new Promise<void>((resolve) => ends.set(name, resolve))
  }
  return { begun, run, end: (name: string) => ends.get(name)?.() }
}

it('lets parts through together, and a completion only alone', async () => {
  const gate = createImageGate()
  const { begun, run, end } = createRuns()
  const all = [
    gate.shared('a', run('part 1')),
    gate.shared('a', run('part 2')),
    gate.exclusive('a', run('complete')),
    gate.shared('a', run('part 3')),
    gate.exclusive('b', run('another image')),
  ]
  await expect.poll(() => begun).toEqual(['part 1', 'part 2', 'another image'])
  end('part 1')
  end('part 2')
  await expect.poll(() => begun.at(-1)).toBe('complete')
  end('complete')
  await expect.poll(() => begun.at(-1)).toBe('part 3')
  for (const name of begun) end(name)
  await Promise.all(all)
})

it('goes on after a failure', async () => {
  const gate = createImageGate()
  await expect(gate.exclusive('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await gate.exclusive('a', async () => 'ran')).toBe('ran')
})

it('gives a completion up that parts keep waiting, and lets the parts behind it through', async () => {
  const gate = createImageGate({ waitMs: 1 })
  const { begun, run, end } = createRuns()
  const slow = gate.shared('a', run('slow part'))
  const completion = gate.exclusive('a', run('complete'))
  const later = gate.shared('a', run('later part'))
  await expect(completion).rejects.toMatchObject({ code: 'changed_meanwhile' })
  await expect.poll(() => begun).toEqual(['slow part', 'later part'])
  end('slow part')
  end('later part')
  await Promise.all([slow, later])
  expect(await gate.exclusive('a', async () => 'ran')).toBe('ran')
})
