import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { generatedDocs } from '../scripts/generated-docs.ts'
import { catalog } from '../src/commands/catalog.ts'
import { exitCodes } from '../src/exit-codes.ts'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')

describe('the documentation', () => {
  it.each(generatedDocs)(
    '$path is what the command definitions say: pnpm run docs makes it anew',
    async ({ path, render }) => {
      expect(await readFile(path, 'utf8')).toBe(render())
    },
  )

  it('names every command and every exit code in the README', () => {
    const missing = catalog.filter(({ path }) => !readme.includes(`slipway ${path.join(' ')}`))
    expect(missing.map(({ path }) => path)).toEqual([])
    for (const code of Object.values(exitCodes)) expect(readme).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'))
  })
})
