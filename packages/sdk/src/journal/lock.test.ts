import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireLock, type Lock, type LockHolder } from './lock.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-sdk-'))
  path = join(folder, 'a.lock')
})
afterEach(() => rm(folder, { recursive: true }))

const own = { pid: process.pid, host: hostname() }

async function take(): Promise<Lock> {
  const lock = await acquireLock(path)
  if ('heldBy' in lock) throw new Error('it is held')
  return lock
}

async function leaveBehind(holder: Partial<LockHolder>): Promise<void> {
  await writeFile(path, JSON.stringify({ ...own, processStart: '1', nonce: 'theirs', ...holder }))
}

test('is held until it is released, and names its holder', async () => {
  const lock = await take()
  expect(await acquireLock(path)).toMatchObject({ heldBy: own })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await lock.release()
  await (await take()).release()
  expect(await readdir(folder)).toEqual([])
})

test('a holder that died does not keep it', async () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  await leaveBehind({ pid })
  await (await take()).release()
  expect(await readdir(folder)).toEqual([])
})

test('a process that has the pid of a dead holder is not the holder', async () => {
  await leaveBehind({ pid: process.pid, processStart: 'long ago' })
  await (await take()).release()
})

test('a holder on another machine keeps it: nothing can be known of it', async () => {
  await leaveBehind({ host: 'elsewhere', pid: 1 })
  expect(await acquireLock(path)).toMatchObject({ heldBy: { host: 'elsewhere' } })
  expect(await readdir(folder)).toEqual(['a.lock'])
})

test.each(['', '{"pid":', 'null', '{}'])('a file that names nobody (%s) holds nothing', async (text) => {
  await writeFile(path, text)
  await (await take()).release()
  expect(await readdir(folder)).toEqual([])
})

test('of many that find the same dead holder exactly one succeeds it', async () => {
  for (let round = 0; round < 20; round++) {
    await leaveBehind({ processStart: 'long ago' })
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => acquireLock(path)))
    const locks = outcomes.filter((outcome): outcome is Lock => !('heldBy' in outcome))
    expect(locks).toHaveLength(1)
    await locks[0]?.release()
    expect(await readdir(folder)).toEqual([])
  }
})

test('a successor that died half-way is succeeded in turn', async () => {
  await leaveBehind({ processStart: 'long ago', nonce: 'first' })
  await writeFile(`${path}.after-first`, JSON.stringify({ ...own, processStart: 'long ago', nonce: 'second' }))
  await (await take()).release()
  expect(await readdir(folder)).toEqual([])
})

test('releasing does not take away what is another’s by now', async () => {
  const lock = await take()
  await leaveBehind({ nonce: 'theirs' })
  await lock.release()
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ nonce: 'theirs' })
})
