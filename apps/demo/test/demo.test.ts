import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
let directory: string
/** The demo's TMPDIR: what is left in it was not cleaned up. */
let temporary: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-demo-test-'))
  temporary = join(directory, 'tmp')
  await mkdir(temporary)
  await writeFile(join(directory, 'disk.img'), randomBytes(6 * 1024 * 1024 + 1))
})
afterEach(() => rm(directory, { recursive: true }))

/** @param onProxy called once, when the proxy listens */
async function demo(args: readonly string[], onProxy: (child: ChildProcess) => void = () => {}) {
  const child = spawn(process.execPath, [main, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      TMPDIR: temporary,
      INIT_CWD: directory,
      SLIPWAY_TOKEN: 'not this one',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.on('data', function listen(chunk: Buffer) {
    said += chunk.toString()
    if (!said.includes('The proxy listens')) return
    child.stdout.off('data', listen)
    onProxy(child)
  })
  const exited = once(child, 'exit') as Promise<[number | null]>
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  return { exitCode, stdout, stderr }
}

describe('the demo', () => {
  it('moves a file of the user up and down, says so, and leaves nothing behind', async () => {
    const { exitCode, stdout } = await demo(['disk.img'])
    expect(stdout).toContain('It worked: 6.0 MiB went up, came down and are the same, byte for byte.')
    expect(stdout).toContain(`slipway upload ${join(directory, 'disk.img')} --name disk`)
    expect(stdout).toMatch(
      /\$ slipway images upload .*\n[\s\S]*\$ slipway images list\n[\s\S]*\$ slipway images download disk /,
    )
    expect(exitCode).toBe(0)
    expect(await readdir(temporary)).toEqual([])
  }, 60_000)

  it('shows no more of the token than its prefix', async () => {
    const { stdout, stderr } = await demo(['disk.img'])
    expect(stdout + stderr).not.toMatch(/sk_live_\w/)
  }, 60_000)

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'cleans up at %s and exits with %d',
    async (signal, expected) => {
      const { exitCode, stderr } = await demo(['disk.img'], (child) => child.kill(signal))
      expect(exitCode).toBe(expected)
      expect(stderr).toContain('demo: stopped, cleaning up')
      expect(await readdir(temporary)).toEqual([])
    },
    60_000,
  )

  it('leaves at once at the second signal, and still cleans up', async () => {
    const { exitCode, stderr } = await demo(['disk.img'], (child) => {
      child.kill('SIGINT')
      child.kill('SIGTERM')
    })
    expect([130, 143]).toContain(exitCode)
    expect(stderr).not.toContain('cleaning up')
    expect(await readdir(temporary)).toEqual([])
  }, 60_000)

  it.each([[['nowhere.img']], [['.']], [['disk.img', 'disk.img']]])('starts nothing for %j', async (args) => {
    const { exitCode, stdout, stderr } = await demo(args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^demo: .+\n$/)
    expect(await readdir(temporary)).toEqual([])
  })
})
