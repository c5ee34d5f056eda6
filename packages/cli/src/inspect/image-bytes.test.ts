import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withFileBytes } from './image-bytes.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-cli-test-'))
})
afterAll(() => rm(directory, { recursive: true }))

describe('withFileBytes', () => {
  it('reads anywhere, and nothing beyond the end', async () => {
    const path = join(directory, 'file')
    await writeFile(path, 'abcdef')
    await withFileBytes(path, async ({ sizeBytes, read }) => {
      expect(sizeBytes).toBe(6)
      expect((await read(4, 10)).toString()).toBe('ef')
      expect(await read(100, 10)).toHaveLength(0)
      expect(await read(2 ** 69, 10)).toHaveLength(0)
    })
  })

  it('does not wait for the writer of a named pipe', async () => {
    const path = join(directory, 'pipe')
    await promisify(execFile)('mkfifo', [path])
    await expect(withFileBytes(path, async () => 'opened')).rejects.toThrow('not a regular file')
  })
})
