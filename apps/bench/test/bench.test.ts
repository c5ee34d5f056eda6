import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Results } from '../src/report/results.ts'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const timeoutMs = 180_000

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-bench-test-'))
})
afterEach(() => rm(folder, { recursive: true }))

function bench(...args: string[]) {
  const out = join(folder, 'out')
  const places = ['--folder', folder, '--disk-folder', folder, '--out', out]
  return promisify(execFile)(process.execPath, [main, ...places, ...args])
}

test('a tiny run measures, reports, and leaves nothing else behind', { timeout: timeoutMs }, async () => {
  const { stdout } = await bench('--quick', '--size-mib', '1', 'upload', 'clients')
  expect(await readdir(folder)).toEqual(['out'])
  const { suites } = JSON.parse(await readFile(join(folder, 'out', 'results.json'), 'utf8')) as Results
  expect(suites.map(({ suite }) => suite)).toEqual(['upload', 'clients'])
  for (const figure of suites.flatMap(({ figures }) => figures)) {
    const ours =
      figure.kind === 'comparison'
        ? figure.contenders.filter(({ name }) => name === figure.subject)
        : figure.lines.filter(({ role }) => role === 'ours').flatMap(({ points }) => points)
    expect(ours).not.toHaveLength(0)
    for (const { values } of ours) {
      expect(values).toHaveLength(1)
      expect(values[0]).toBeGreaterThan(0)
    }
    expect(stdout).toContain(`](${figure.id}.svg)`)
    expect(await readFile(join(folder, 'out', `${figure.id}.svg`), 'utf8')).toContain(figure.title)
  }
})

test('what makes no sense is refused in words, with the suites that there are', async () => {
  await expect(bench('teleport')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/there is no suite teleport[\s\S]*upload/),
  })
})
