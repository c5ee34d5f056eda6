import { describe, expect, it } from 'vitest'
import { spawnSlipway } from './spawn-slipway.ts'

const pretending = (version: string) =>
  `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`

describe('the command itself', () => {
  it('prints help and version', async () => {
    const env = {}
    expect(await spawnSlipway(['--help'], { env })).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await spawnSlipway(['--version'], { env })).stdout).toMatch(/^\d+\.\d+\.\d+/)
  })

  it.each(['20.11.1', '22.18.0'])('says in one line that Node %s is too old', async (version) => {
    const { exitCode, stdout, stderr } = await spawnSlipway(['ls'], {
      env: {},
      nodeArgs: ['--import', pretending(version)],
    })
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toBe(`slipway needs Node.js 22.19 or newer; this is ${version}. Get it from https://nodejs.org\n`)
  })
})
