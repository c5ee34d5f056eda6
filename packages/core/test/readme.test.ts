import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const packageDirectory = new URL('..', import.meta.url)

function blockOf(language: string): string {
  const readme = readFileSync(new URL('README.md', packageDirectory), 'utf8')
  const [, block] = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'm').exec(readme) ?? []
  if (block === undefined) throw new Error(`README.md has no block of ${language}`)
  return block
}

test('the example of the README prints what the README says', () => {
  // In the package's folder its own name resolves to the built package, as it would for a user.
  const output = execFileSync(process.execPath, ['--input-type=module', '-'], {
    cwd: packageDirectory,
    input: blockOf('js'),
    encoding: 'utf8',
    env: {},
  })
  expect(output).toBe(blockOf('text'))
})
