import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withBench } from './bench.ts'
import type { LeftOut } from './figure.ts'
import { missingPrograms } from './peers/peer-programs.ts'
import { quickProfile } from './profile.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-bench-context-'))
})
afterEach(() => rm(folder, { recursive: true }))

function options(leftOut: LeftOut[]) {
  const onLeftOut = (entry: LeftOut) => void leftOut.push(entry)
  return { profile: quickProfile, folder, diskFolder: folder, onLeftOut, say: () => undefined }
}

test('what a suite started is stopped, the last first, and its files are gone, also when it fails', async () => {
  const stopped: string[] = []
  const server = (name: string) => ({ stop: async () => void stopped.push(name) })
  const work = withBench(options([]), async (bench) => {
    await writeFile(join(bench.folder, 'file'), 'x')
    bench.atEnd(server('first'))
    bench.atEnd(server('second'))
    throw new Error('the suite failed')
  })
  await expect(work).rejects.toThrow('the suite failed')
  expect(stopped).toEqual(['second', 'first'])
  expect(await readdir(folder)).toEqual([])
})

test('an interruption ends the work, and what was started is stopped all the same', async () => {
  const interruption = new AbortController()
  const stopped: string[] = []
  const work = withBench({ ...options([]), signal: interruption.signal }, async (bench) => {
    bench.atEnd({ stop: async () => void stopped.push('server') })
    interruption.abort(new Error('interrupted'))
    return await new Promise(() => undefined)
  })
  await expect(work).rejects.toThrow('interrupted')
  expect(stopped).toEqual(['server'])
  expect(await readdir(folder)).toEqual([])
})

test('a peer that does not start is left out with its reason', async () => {
  const leftOut: LeftOut[] = []
  await withBench(options(leftOut), async (bench) => {
    expect(await bench.start('sha256sum', () => Promise.reject(new Error('no port')))).toBeUndefined()
  })
  expect(leftOut).toEqual([{ name: 'sha256sum', reason: expect.stringMatching(/no port|apt-get install coreutils/) }])
})

test('a peer is there when every program of it can be run', async () => {
  expect(missingPrograms('Glance', folder)).toEqual(['glance-api', 'glance-manage'])
  await writeFile(join(folder, 'glance-api'), '')
  expect(missingPrograms('Glance', folder)).toContain('glance-api')
  await chmod(join(folder, 'glance-api'), 0o755)
  expect(missingPrograms('Glance', `/nowhere:${folder}`)).toEqual(['glance-manage'])
})
