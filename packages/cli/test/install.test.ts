import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../install.sh', import.meta.url))
const binary = '#!/bin/sh\necho the binary\n'
let folder: string
let server: Server
let url: string
let sha256: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-cli-test-'))
  sha256 = createHash('sha256').update(binary).digest('hex')
  server = createServer((request, response) => {
    if (request.url?.startsWith('/slipway-') !== true) response.writeHead(404).end()
    else response.end(request.url.endsWith('.sha256') ? `${sha256}  slipway\n` : binary)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

function install(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env.PATH, HOME: folder, SLIPWAY_INSTALL_DIR: join(folder, 'bin') }
  return new Promise((resolve) => {
    execFile('sh', [script, ...args], { env }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}

describe('install.sh', () => {
  it('installs what has the right checksum', async () => {
    const { exitCode, stdout } = await install(url)
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`Installed ${folder}/bin/slipway`)
    expect(stdout).toContain('not in your PATH yet')
    expect(await readFile(join(folder, 'bin', 'slipway'), 'utf8')).toBe(binary)
    expect((await stat(join(folder, 'bin', 'slipway'))).mode & 0o777).toBe(0o755)
  })

  it('leaves what was there alone when the download is damaged or missing', async () => {
    await install(url)
    await writeFile(join(folder, 'bin', 'slipway'), 'the one before')
    sha256 = 'ab'.repeat(32)
    expect((await install(url)).stderr).toContain('the download is damaged')
    expect((await install(`${url}/nowhere`)).exitCode).toBe(1)
    expect(await readFile(join(folder, 'bin', 'slipway'), 'utf8')).toBe('the one before')
    expect(await readdir(join(folder, 'bin'))).toEqual(['slipway'])
  })

  it('asks for a release when it knows none', async () => {
    const { exitCode, stderr } = await install()
    expect(exitCode).toBe(1)
    expect(stderr).toContain('which release?')
  })
})
