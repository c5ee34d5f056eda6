import { mkdtemp, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fingerprintOf, isSameFingerprint } from './fingerprint.ts'

async function prepare() {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-sdk-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'disk.img')
  await writeFile(path, 'bytes')
  return { path, read: async () => fingerprintOf(await stat(path, { bigint: true })) }
}

test('a file that is left alone keeps it, also through JSON', async () => {
  const { read } = await prepare()
  const before = await read()
  expect(isSameFingerprint(JSON.parse(JSON.stringify(before)), await read())).toBe(true)
})

test.each<[string, (path: string) => Promise<void>]>([
  ['that grows', (path) => writeFile(path, 'more bytes')],
  ['that is touched', (path) => utimes(path, 1, 1)],
  [
    'that another takes the place of',
    async (path) => {
      const { atime, mtime } = await stat(path)
      await writeFile(`${path}.new`, 'bytes')
      await utimes(`${path}.new`, atime, mtime)
      await rename(`${path}.new`, path)
    },
  ],
])('a file %s loses it', async (_, change) => {
  const { path, read } = await prepare()
  const before = await read()
  await change(path)
  expect(isSameFingerprint(before, await read())).toBe(false)
})
