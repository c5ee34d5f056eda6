import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { replaceSection, updateReadme } from './readme-section.ts'

const readme = '# Name\n\n<!-- bench -->\n<!-- /bench -->\n\n## Next\n'
const filled = '# Name\n\n<!-- bench -->\n\nfast\n\n<!-- /bench -->\n\n## Next\n'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-bench-readme-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a section takes the place of the one before it, and the rest stays', () => {
  expect(replaceSection(readme, 'fast')).toBe(filled)
  expect(replaceSection(filled, 'fast')).toBe(filled)
  expect(replaceSection(replaceSection(readme, 'slow\n\nand long'), 'fast')).toBe(filled)
})

test('what looks like a pattern of a replacement is text', () => {
  expect(replaceSection(readme, "$& $1 $'")).toContain("\n$& $1 $'\n")
})

test.each([
  ['no marker', '# Name\n'],
  ['the first marker alone', '# Name\n<!-- bench -->\n'],
  ['the last marker alone', '# Name\n<!-- /bench -->\n'],
  ['the markers the wrong way round', '<!-- /bench -->\n<!-- bench -->\n'],
])('a text with %s is left alone', (_, text) => {
  expect(replaceSection(text, 'fast')).toBe(text)
})

test('a file is written only where it changes, and none is made where none was', async () => {
  const file = join(folder, 'README.md')
  expect(await updateReadme(file, 'fast')).toBe(false)
  expect(await readdir(folder)).toEqual([])
  await writeFile(file, readme)
  expect(await updateReadme(file, 'fast')).toBe(true)
  expect(await readFile(file, 'utf8')).toBe(filled)
  expect(await updateReadme(file, 'fast')).toBe(false)
})

test('a README that cannot be read is an error, not a missing one', async () => {
  await expect(updateReadme(folder, 'fast')).rejects.toThrow('EISDIR')
})
