import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readDemoArguments } from './demo-arguments.ts'
import { DemoFailure } from './demo-failure.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-demo-test-'))
  await writeFile(join(directory, 'disk.img'), 'bytes')
  await writeFile(join(directory, 'empty.img'), '')
  await writeFile(join(directory, 'huge.img'), '')
  await truncate(join(directory, 'huge.img'), 128 * 1024 ** 3 + 1)
  await mkdir(join(directory, 'folder'))
})
afterEach(() => rm(directory, { recursive: true }))

describe('readDemoArguments', () => {
  it('makes an image when no file is given', async () => {
    expect(await readDemoArguments([], directory)).toEqual({ kind: 'run', source: undefined })
  })

  it('resolves a relative path from the folder in which the user is', async () => {
    const source = { path: join(directory, 'disk.img'), sizeBytes: 5 }
    expect(await readDemoArguments(['disk.img'], directory)).toEqual({ kind: 'run', source })
    expect(await readDemoArguments(['--', 'disk.img'], directory)).toEqual({ kind: 'run', source })
    expect(await readDemoArguments([join(directory, 'disk.img')], '/')).toEqual({ kind: 'run', source })
  })

  it('knows --help', async () => {
    expect(await readDemoArguments(['--help'], directory)).toEqual({ kind: 'help' })
    expect(await readDemoArguments(['nowhere', '-h'], directory)).toEqual({ kind: 'help' })
  })

  it.each([
    [['nowhere.img'], /there is no file .*nowhere\.img/],
    [['disk.img/x'], /there is no file/],
    [['folder'], /is a directory/],
    [['empty.img'], /is empty/],
    [['huge.img'], /larger than the 128 GiB/],
    [['/dev/null'], /not a regular file/],
    [['disk.img', 'disk.img'], /one file, not 2/],
    [['--fast'], /unknown option --fast/],
    [[''], /name is empty/],
  ])('refuses %j in one line', async (argv, message) => {
    const failure = await readDemoArguments(argv, directory).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(DemoFailure)
    expect((failure as Error).message).toMatch(message)
    expect((failure as Error).message).not.toContain('\n')
  })
})
