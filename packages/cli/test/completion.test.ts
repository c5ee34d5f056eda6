import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Image } from '@slipway/sdk'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { shellScripts } from '../src/completion/shell-scripts.ts'
import { fakeSdk, imageNumber, listOf } from './fake-sdk.ts'
import { run } from './run-in-process.ts'
import { slipwayBin } from './spawn-slipway.ts'

vi.setConfig({ testTimeout: 60_000 })

const elsewhere: Image = { ...imageNumber(3), workspace: 'staging' }
const sdk = fakeSdk({
  images: { list: (() => listOf(imageNumber(1), imageNumber(2), elsewhere)) as never },
  workspaces: { list: (() => listOf({ name: 'staging', id: 'wksp_2' } as never)) as never },
})
const complete = (...words: string[]) => run(['__complete', '--', ...words], { sdk })

describe('slipway __complete', () => {
  it('offers names of images from the server, and ids when one is begun', async () => {
    expect((await complete('images', 'get', 'ima')).stdout).toBe('image-1\tcompleted\nimage-2\tcompleted\n')
    expect((await complete('rm', 'image_3')).stdout).toBe('image_3\timage-3\n')
    expect((await complete('ls', '--workspace', '')).stdout).toBe('staging\twksp_2\n')
    expect((await complete('upload', '')).stdout).toBe(':file\n')
  })

  it('offers nothing, and says nothing, when the server cannot be asked', async () => {
    const failing = fakeSdk({
      images: {
        list: (() => {
          throw new Error('no connection')
        }) as never,
      },
    })
    const result = await run(['__complete', '--', 'images', 'get', ''], { sdk: failing })
    expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect(await run(['__complete', '--', 'rm', ''], { sdk, env: { SLIPWAY_TOKEN: '' } })).toMatchObject({ stdout: '' })
  })
})

describe('slipway completion', () => {
  let directory: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-cli-test-'))
    const command = join(directory, 'slipway')
    await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${slipwayBin}' "$@"\n`)
    await chmod(command, 0o755)
    await writeFile(join(directory, 'disk one.img'), 'x')
  })
  afterAll(() => rm(directory, { recursive: true }))

  it.each(Object.keys(shellScripts))('prints a script for %s', async (shell) => {
    const { exitCode, stdout } = await run(['completion', shell])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('__complete')
  })

  it('refuses other shells', async () => {
    expect(await run(['completion', 'tcsh'])).toMatchObject({ exitCode: 2, stdout: '' })
  })

  it('completes in a real bash: commands, options, choices and files with spaces', async () => {
    const script = `
      source <(slipway completion bash)
      try() {
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        _slipway 2>/dev/null
        printf '%s|' "\${COMPREPLY[@]}"
        echo
      }
      try slipway upl
      try slipway images rev
      try slipway upload --if-exists = sk
      try slipway upload disk
    `
    const env = { PATH: `${directory}:${process.env.PATH}`, HOME: directory }
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script], { cwd: directory, env })
    expect(stdout.split('\n')).toEqual(['upload|', 'revoke|', 'skip-if-same|', 'disk one.img|', ''])
  })
})
