import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type HoldingRelay, startHoldingRelay } from './holding-relay.ts'
import { slipwayBin, spawnSlipway } from './spawn-slipway.ts'
import { startProxy, type TestProxy } from './start-proxy.ts'

vi.setConfig({ testTimeout: 60_000 })

const MiB = 2 ** 20
const exec = promisify(execFile)
const hasTmux = await exec('tmux', ['-V']).then(
  () => true,
  () => false,
)

let proxy: TestProxy
let relay: HoldingRelay
let directory: string
let env: Record<string, string>

beforeAll(async () => {
  proxy = await startProxy()
  directory = await mkdtemp(join(tmpdir(), 'slipway-cli-test-'))
  await writeFile(join(directory, 'disk.img'), Buffer.alloc(20 * MiB, 'a disk image '))
  // Half of the upload is answered, and then nothing is: the screen stays as it is for as long as it is looked at.
  relay = await startHoldingRelay(proxy.url, 2)
  env = { HOME: directory, SLIPWAY_API_URL: relay.url, SLIPWAY_TOKEN: await proxy.createToken('admin') }
}, 60_000)
afterAll(async () => {
  relay?.stop()
  await proxy?.stop()
  if (directory) await rm(directory, { recursive: true })
})

const upload = ['upload', 'disk.img', '--part-size', '5MiB', '--concurrency', '1']

/** Runs the upload in a terminal of that width, and shows what stands on the screen once `isThere`. */
async function screenOf(columns: number, isThere: RegExp): Promise<{ during: string[]; after: string[] }> {
  const socket = join(directory, `tmux-${columns}`)
  const script = join(directory, `upload-${columns}.sh`)
  const settings = Object.entries({ ...env, TERM: 'screen', CI: '' }).map(
    ([name, value]) => `export ${name}='${value}'`,
  )
  const command = `'${process.execPath}' '${slipwayBin}' ${upload.join(' ')} --name at-${columns}`
  await writeFile(
    script,
    ['#!/bin/sh', 'trap : INT', ...settings, command, 'echo "exit code $?"', 'exec sleep 60'].join('\n'),
  )
  await chmod(script, 0o755)
  const tmux = (...args: string[]) => exec('tmux', ['-u', '-S', socket, '-f', '/dev/null', ...args], { cwd: directory })
  const lines = async () => (await tmux('capture-pane', '-p')).stdout.split('\n').filter((line) => line.trim() !== '')
  await tmux('new-session', '-d', '-x', String(columns), '-y', '12', script)
  try {
    const limits = { timeout: 30_000, interval: 100 }
    const during = await vi.waitFor(async () => {
      const shown = await lines()
      expect(shown.join('\n')).toMatch(isThere)
      return shown
    }, limits)
    await tmux('send-keys', 'C-c')
    const after = await vi.waitFor(async () => {
      const shown = await lines()
      expect(shown.at(-1)).toBe('exit code 130')
      return shown
    }, limits)
    return { during, after }
  } finally {
    await tmux('kill-server')
  }
}

describe('the live view', () => {
  it('is not drawn into a pipe', async () => {
    const stopped = await spawnSlipway([...upload.with(1, join(directory, 'disk.img')), '--name', 'piped'], {
      env,
      onStart: (child) => void relay.held.then(() => child.kill('SIGINT')),
    })
    expect(stopped.exitCode).toBe(130)
    expect(stopped.stderr).not.toContain('░')
    expect(stopped.stderr).not.toContain('\u001b')
  })

  // The screens of a real terminal, where there is one to ask.
  it.each(hasTmux ? [80, 40] : [])('fits a real terminal of %d columns, and goes away at Ctrl-C', async (columns) => {
    const { during, after } = await screenOf(columns, /Uploading [█▒░]+ +\d+%/)
    expect(during.filter((line) => line.startsWith('Uploading'))).toHaveLength(1)
    expect(Math.max(...during.filter((line) => /[█▒░]|MiB/.test(line)).map((line) => line.length))).toBeLessThan(
      columns,
    )
    expect(after.join('\n')).not.toMatch(/[█▒░]/)
    expect(after.join('')).toContain('hint: run the same command again to go on')
  })
})
