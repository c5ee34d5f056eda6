import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readObject } from './object-reader.ts'
import { StoreError } from './store-error.ts'

const bytes = randomBytes(100_000)
const key = 'images/image_1'

/** A store whose answers break after so many bytes; then they are whole. */
function storeOf(cuts: number[], { sizeBytes = bytes.length }: { sizeBytes?: number | undefined } = {}) {
  const starts: number[] = []
  return {
    starts,
    sizeOf: async () => sizeBytes,
    async read(_: string, { start = 0 } = {}) {
      starts.push(start)
      const cut = cuts.shift()
      return (async function* () {
        if (cut === undefined) yield bytes.subarray(start)
        else if (cut > 0) yield bytes.subarray(start, start + cut)
        if (cut !== undefined) throw Object.assign(new Error('http://a/b?X-Amz-Signature=s'), { code: 'ECONNRESET' })
      })()
    },
  }
}
const readAll = async (store: ReturnType<typeof storeOf>, sizeBytes = bytes.length) => {
  const chunks: Uint8Array[] = []
  for await (const chunk of readObject(store, { key, sizeBytes })) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('reading an object', () => {
  it('goes on where a connection broke', async () => {
    const store = storeOf([1000, 0, 5000])
    expect((await readAll(store)).equals(bytes)).toBe(true)
    expect(store.starts).toEqual([0, 1000, 1000, 6000])
  })

  it('gives up when nothing comes any more, without telling the address', async () => {
    const failure = await readAll(storeOf([1000, 0, 0, 0, 0, 0])).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(StoreError)
    expect(String(failure)).toContain('ECONNRESET')
    expect(String(failure)).not.toContain('Signature')
  })

  it('says that an object is missing or has another length', async () => {
    await expect(readAll({ ...storeOf([]), sizeOf: async () => undefined as never })).rejects.toThrow('is missing')
    await expect(readAll(storeOf([]), 7)).rejects.toThrow('100000 bytes in storage, 7 are recorded')
  })
})
