import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createImageDirectories } from './image-directory.ts'

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof import('node:fs/promises')>()
  return { ...actual, mkdir: vi.fn(actual.mkdir) }
})

let parent: string
let directory: string

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'slipway-directories-'))
  directory = join(parent, 'blobs')
  await mkdir(directory)
})
afterEach(() => rm(parent, { recursive: true, force: true }))

describe('the folders of images', () => {
  it('are made once, and are no problem when they are there already', async () => {
    await mkdir(join(directory, 'image_a'))
    const directories = createImageDirectories(directory)
    const paths = await Promise.all([
      directories.ensure('image_a'),
      directories.ensure('image_b'),
      directories.ensure('image_b'),
    ])
    expect(paths.map((path) => path.slice(directory.length + 1))).toEqual(['image_a', 'image_b', 'image_b'])
    expect((await stat(join(directory, 'image_b'))).isDirectory()).toBe(true)
  })

  it('are not made on another disk when the store’s own is gone', async () => {
    await rm(directory, { recursive: true })
    await expect(createImageDirectories(directory).ensure('image_a')).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await readdir(parent)).toEqual([])
  })

  it('tell a read-only disk as such (a recursive mkdir says ENOENT there, which was answered with 500)', async () => {
    const readOnly: typeof mkdir = async (_path, options) => {
      const isRecursive = typeof options === 'object' && options?.recursive === true
      throw Object.assign(new Error('read-only'), { code: isRecursive ? 'ENOENT' : 'EROFS' })
    }
    vi.mocked(mkdir).mockImplementationOnce(readOnly)
    await expect(createImageDirectories(directory).ensure('image_a')).rejects.toMatchObject({ code: 'EROFS' })
    // Mended, the next attempt works.
    expect(await createImageDirectories(directory).ensure('image_a')).toBe(join(directory, 'image_a'))
  })
})
