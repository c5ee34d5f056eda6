import { describe, expect, it } from 'vitest'
import { run } from './run-in-process.ts'

describe('what is mistyped', () => {
  it.each([
    [['uplod'], 'unknown command "uplod"', 'did you mean "slipway upload"?'],
    [['images', 'lst'], 'unknown command "images lst"', 'did you mean "slipway images list"?'],
    [['frobnicate'], 'unknown command "frobnicate"', 'see slipway --help'],
    [['images', 'frobnicate'], 'unknown command "images frobnicate"', 'see slipway images --help'],
    [['frobnicate', '--help'], 'unknown command "frobnicate"', 'see slipway --help'],
    [['constructor'], 'unknown command "constructor"', 'see slipway --help'],
    [['upload', 'a', '--nmae', 'b'], 'unknown option --nmae', 'did you mean --name?'],
    [['upload', 'a', '--frobnicate'], 'unknown option --frobnicate', 'see slipway upload --help'],
    [['upload', 'a', '-x'], 'unknown option -x', 'see slipway upload --help'],
    [['--frobnicate'], 'unknown option --frobnicate', 'see slipway --help'],
    [['upload'], 'FILE is missing', 'usage: slipway upload FILE'],
    [['upload', ''], 'FILE is missing', 'usage: slipway upload FILE'],
    [['images', 'download', 'a'], 'FILE is missing', 'usage: slipway images download REF FILE'],
    [['upload', 'a', 'b'], 'unexpected argument "b"', 'usage: slipway upload FILE'],
    [['upload', 'a', '--name'], '--name needs a value', undefined],
    [['upload', 'a', '--name', '--quiet'], '--name needs a value', undefined],
    [
      ['upload', 'a', '--if-exists', 'replcae', '--name', 'n'],
      '--if-exists must be one of resume, fail, replace, skip-if-same, not "replcae"',
      'did you mean replace?',
    ],
    [['upload', 'a', '--resume', '--no-resume'], '--resume and --no-resume contradict each other', undefined],
    [
      ['upload', 'a', '--resume', '--if-exists', 'fail'],
      '--resume and --if-exists fail contradict each other',
      undefined,
    ],
    [
      ['upload', 'a', '--if-exists', 'replace'],
      '--if-exists replace needs a --name: without one, no image can have it',
      undefined,
    ],
    [
      ['upload', '-', '--if-exists', 'skip-if-same', '--name', 'n'],
      '--if-exists skip-if-same reads the image twice, which standard input cannot be',
      'give it a FILE, or use --if-exists replace',
    ],
    [['upload', 'a', '--json=yes'], '--json takes no value', undefined],
    [['upload', 'a', '--concurrency', 'many'], '--concurrency must be a whole number from 1 on, not "many"', undefined],
    [['ls', '--limit', '0'], '--limit must be a whole number from 1 on, not "0"', undefined],
    [
      ['ls', '--api-url', 'nowhere'],
      'the API URL must start with http:// or https:// (from --api-url)',
      'example: https://api.sfcompute.com',
    ],
  ])('%j gets one line of what and one of how, and exit code 2', async (argv, message, hint) => {
    const { exitCode, stdout, stderr } = await run(argv)
    expect(stderr).toBe(`error: ${message}\n${hint === undefined ? '' : `hint: ${hint}\n`}`)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  })

  it('is told as JSON when JSON was asked for, in all of the command line or not', async () => {
    const { exitCode, stdout, stderr } = await run(['upload', '--json'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(JSON.parse(stderr)).toEqual({
      type: 'error',
      message: 'FILE is missing',
      hint: 'usage: slipway upload FILE',
      code: null,
      requestId: null,
      exitCode: 2,
    })
  })

  it('lets a file name begin with a dash after --', async () => {
    const { stderr } = await run(['upload', '--', '--json=yes'], { env: { SLIPWAY_TOKEN: '' } })
    expect(stderr).toContain('no API token was given')
  })

  it('asks for a token before anything else, with exit code 3', async () => {
    const { exitCode, stderr } = await run(['ls'], { env: { SLIPWAY_TOKEN: '' } })
    expect(exitCode).toBe(3)
    expect(stderr).toContain('error: no API token was given for http://127.0.0.1:1\nhint: run slipway login')
  })
})
