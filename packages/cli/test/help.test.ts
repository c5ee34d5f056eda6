import { describe, expect, it } from 'vitest'
import { catalog } from '../src/commands/catalog.ts'
import { run } from './run-in-process.ts'

const commands = catalog.map(({ path }) => path)

describe('help', () => {
  it.each([[[]], [['images']], ...commands.map((path) => [path])])('of slipway %j', async (path) => {
    const { exitCode, stdout, stderr } = await run([...path, '--help'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatchSnapshot()
  })

  it('is shown when nothing was asked for', async () => {
    expect((await run([])).stdout).toBe((await run(['--help'])).stdout)
    expect((await run(['images'])).stdout).toBe((await run(['images', '-h'])).stdout)
  })

  it.each([40, 60, 80, 120])('fits %d columns, but for examples', async (columns) => {
    for (const path of [[], ['images'], ...commands]) {
      const { stdout } = await run([...path, '--help'], { columns })
      const prose = stdout.split('\nExamples:')[0]?.split('\n') ?? []
      const tooLong = prose.filter((line) => line.length > columns && line.startsWith('  '))
      expect(tooLong).toEqual([])
    }
  })

  it('is found by the word help too', async () => {
    expect((await run(['help'])).stdout).toBe((await run(['--help'])).stdout)
    expect((await run(['help', 'images', 'get'])).stdout).toBe((await run(['images', 'get', '-h'])).stdout)
  })

  it('explains the short forms as what they stand for', async () => {
    expect((await run(['upload', '--help'])).stdout).toBe((await run(['images', 'upload', '--help'])).stdout)
  })
})

describe('--version', () => {
  it('prints the version alone', async () => {
    const { exitCode, stdout } = await run(['--version'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
  })
})
