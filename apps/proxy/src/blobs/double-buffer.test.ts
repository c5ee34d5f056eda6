import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createDoubleBuffer } from './double-buffer.ts'

it('delivers everything in order, one buffer at a time, and never touches one that is being delivered', async () => {
  const pieces = fc.array(fc.record({ sizeBytes: fc.nat(40), isPlaced: fc.boolean() }), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), pieces, async (scheduler, sent) => {
      const delivered: Buffer[] = []
      let isDelivering = false
      let gaveRoom = () => undefined as undefined
      const buffer = createDoubleBuffer({
        buffers: [Buffer.alloc(16), Buffer.alloc(9)],
        onRoom: () => gaveRoom(),
        async deliver(bytes) {
          expect(isDelivering).toBe(false)
          isDelivering = true
          const before = Buffer.from(bytes)
          await scheduler.schedule(Promise.resolve())
          expect(bytes).toEqual(before)
          delivered.push(before)
          isDelivering = false
        },
      })
      const room = () =>
        new Promise<void>((resolve) => {
          gaveRoom = () => void resolve()
        })
      const expected: number[] = []
      const send = async () => {
        for (const { sizeBytes, isPlaced } of sent) {
          let rest: Buffer = Buffer.from(Array.from({ length: sizeBytes }, (_, i) => (expected.length + i) % 251))
          expected.push(...rest)
          while (rest.length > 0) {
            if (buffer.isFull()) await room()
            if (isPlaced) {
              const place = buffer.room().subarray(0, rest.length)
              rest.copy(place)
              rest = rest.subarray(place.length)
              buffer.filled(place.length)
            } else rest = buffer.put(rest)
          }
        }
        if (buffer.isFull()) await room()
        buffer.end()
        await buffer.done
      }
      await scheduler.waitFor(send())
      expect(Buffer.concat(delivered)).toEqual(Buffer.from(expected))
      for (const bytes of delivered.slice(0, -1)) expect([16, 9]).toContain(bytes.length)
    }),
  )
})

it('ends a failed transfer only when the delivery that is under way is over', async () => {
  let finish: () => void = () => undefined
  const buffer = createDoubleBuffer({
    buffers: [Buffer.alloc(4), Buffer.alloc(4)],
    onRoom: () => expect.unreachable(),
    deliver: () =>
      new Promise((resolve) => {
        finish = resolve
      }),
  })
  let isSettled = false
  const settled = buffer.done.catch((error) => {
    isSettled = true
    return error
  })
  buffer.put(Buffer.from('abcd'))
  buffer.fail(new Error('gone'))
  await Promise.resolve()
  expect(isSettled).toBe(false)
  finish()
  expect(await settled).toEqual(new Error('gone'))
})

it('tells what a delivery failed with, and asks for no more', async () => {
  const buffer = createDoubleBuffer({
    buffers: [Buffer.alloc(2), Buffer.alloc(2)],
    onRoom: () => expect.unreachable(),
    deliver: () => Promise.reject(new Error('disk full')),
  })
  buffer.put(Buffer.from('abc'))
  await expect(buffer.done).rejects.toThrow('disk full')
})
