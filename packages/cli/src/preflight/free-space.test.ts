import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freeSpaceWarning } from './free-space.ts'

const file = join(tmpdir(), 'disk.img')

it('says nothing when there is room', () => {
  expect(freeSpaceWarning(file, 0)).toBeUndefined()
})

it('names what is to come and what is free', () => {
  const { blocks, bsize } = statfsSync(tmpdir())
  expect(freeSpaceWarning(file, blocks * bsize + 1024 ** 5)).toMatch(
    /TiB are to come and .* are free beside .*disk\.img/,
  )
})

it('says nothing of a folder that is not there', () => {
  expect(freeSpaceWarning('/no such folder/disk.img', Number.MAX_SAFE_INTEGER)).toBeUndefined()
})
