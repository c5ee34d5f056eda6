import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bundle } from '../scripts/bundle.ts'
import { spawnSlipway } from './spawn-slipway.ts'
import { startProxy, type TestProxy } from './start-proxy.ts'

vi.setConfig({ testTimeout: 60_000 })

let proxy: TestProxy
let directory: string
let script: string

beforeAll(async () => {
  proxy = await startProxy()
  directory = await mkdtemp(join(tmpdir(), 'slipway-cli-test-'))
  script = join(directory, 'slipway.cjs')
  const sdkFolder = dirname(createRequire(import.meta.url).resolve('@slipway/sdk/package.json'))
  await bundle({
    entryPath: fileURLToPath(new URL('../dist/run.js', import.meta.url)),
    workerPaths: [join(sdkFolder, 'dist', 'digest', 'hash-worker.js')],
    version: '9.8.7',
    outPath: script,
  })
}, 60_000)
afterAll(async () => {
  await proxy?.stop()
  if (directory) await rm(directory, { recursive: true })
})

describe('the bundle of the single-file binary', () => {
  it('knows its version, its help and its completions without any file beside it', async () => {
    const env = { HOME: directory }
    expect((await spawnSlipway(['--version'], { env, script })).stdout).toBe('9.8.7\n')
    expect((await spawnSlipway(['--help'], { env, script })).stdout).toContain('images upload')
    expect((await spawnSlipway(['__complete', '--', 'upl'], { env, script })).stdout).toContain('upload\t')
  })

  it('uploads, with its hashing thread, and downloads', async () => {
    const file = join(directory, 'disk.img')
    const bytes = Buffer.alloc(300_000, 'bytes of a disk ')
    await writeFile(file, bytes)
    const env = { HOME: directory, SLIPWAY_API_URL: proxy.url, SLIPWAY_TOKEN: await proxy.createToken('admin') }
    const up = await spawnSlipway(['upload', file, '--name', 'bundled', '--json', '-q'], { env, script })
    expect(up).toMatchObject({ exitCode: 0, stderr: '' })
    expect(JSON.parse(up.stdout)).toMatchObject({ sha256: createHash('sha256').update(bytes).digest('hex') })
    const down = await spawnSlipway(['download', 'bundled', join(directory, 'copy.img'), '-q'], { env, script })
    expect(down).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })
})
