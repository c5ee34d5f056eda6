import { expect, test } from 'vitest'
import { readStart } from './read-start.ts'

test('no more than 64 KiB of an error page are read', async () => {
  let chunkCount = 0
  async function* endless() {
    for (;;) {
      chunkCount++
      yield Buffer.alloc(16 * 1024, 'x')
    }
  }
  expect(await readStart(endless())).toHaveLength(64 * 1024)
  expect(chunkCount).toBe(4)
})

test('a page that is cut short gives what came', async () => {
  async function* cut() {
    yield Buffer.from('the server said')
    throw new Error('reset')
  }
  expect(await readStart(cut())).toBe('the server said')
})
