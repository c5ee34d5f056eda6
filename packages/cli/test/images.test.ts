import { EventEmitter } from 'node:events'
import { Writable } from 'node:stream'
import { NetworkError, type RequestOptions } from '@slipway/sdk'
import { describe, expect, it } from 'vitest'
import { fakeSdk, image, imageNumber, listOf } from './fake-sdk.ts'
import { nowMs, run } from './run-in-process.ts'

describe('slipway images list', () => {
  const listing = (count: number) =>
    fakeSdk({
      images: { list: (() => listOf(...Array.from({ length: count }, (_, index) => imageNumber(index)))) as never },
    })

  it('prints a table on a terminal', async () => {
    const { exitCode, stdout } = await run(['ls'], { columns: 80, env: { NO_COLOR: '1' }, sdk: listing(2) })
    expect(exitCode).toBe(0)
    expect(stdout).toMatchInlineSnapshot(`
      "NAME     STATUS     WORKSPACE  CREATED        ID
      image-0  completed  default    5 minutes ago  image_0
      image-1  completed  default    5 minutes ago  image_1
      "
    `)
  })

  it.each([
    ['a terminal', { columns: 80 }, true],
    ['a terminal with NO_COLOR', { columns: 80, env: { NO_COLOR: '1' } }, false],
    ['a dumb terminal', { columns: 80, env: { TERM: 'dumb' } }, false],
    ['a pipe', {}, false],
  ])('colours what it says on %s: %j', async (_where, options, isColored) => {
    const { stdout, stderr } = await run(['ls', '--limit', '1'], { ...options, sdk: listing(2) })
    const failed = await run(['frobnicate'], options)
    expect((stdout + stderr).includes('\u001b[')).toBe(isColored)
    expect(failed.stderr.includes('\u001b[')).toBe(isColored)
  })

  it('prints one image a line into a pipe, tabs between, times in full', async () => {
    const { stdout } = await run(['images', 'list'], { sdk: listing(1) })
    expect(stdout).toBe('image_0\timage-0\tcompleted\tdefault\t2026-06-01T11:55:00.000Z\n')
  })

  it('prints one JSON object a line with --json', async () => {
    const { stdout } = await run(['ls', '--json'], { sdk: listing(2) })
    const [first, second, ...rest] = stdout.trimEnd().split('\n')
    expect(rest).toEqual([])
    expect(JSON.parse(first ?? '')).toEqual({
      id: 'image_0',
      resourcePath: 'sfc:image:acme:default:ubuntu-24.04',
      owner: 'acme',
      workspace: 'default',
      workspaceId: 'wksp_1',
      name: 'image-0',
      isPublic: false,
      uploadStatus: 'completed',
      createdAt: '2026-06-01T11:55:00.000Z',
      sha256: 'ab'.repeat(32),
      sha256Verified: true,
      provider: null,
      failureReason: null,
    })
    expect(JSON.parse(second ?? '')).toMatchObject({ id: 'image_1' })
  })

  it('prints ids alone with --quiet', async () => {
    expect((await run(['ls', '-q'], { sdk: listing(2) })).stdout).toBe('image_0\nimage_1\n')
  })

  it('says so when there is more than it shows', async () => {
    const { stdout, stderr } = await run(['ls', '--limit', '2'], { sdk: listing(3) })
    expect(stdout.split('\n')).toHaveLength(3)
    expect(stderr).toBe('These are the newest 2; there are more: see them with --limit\n')
    expect((await run(['ls', '--limit', '3'], { sdk: listing(3) })).stderr).toBe('')
  })

  it('says what to do when there is nothing', async () => {
    const { exitCode, stdout, stderr } = await run(['ls'], { sdk: listing(0) })
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
    expect(stderr).toContain('slipway images upload FILE')
  })

  it('takes a workspace by its bare name', async () => {
    const asked: unknown[] = []
    const list = ((options: unknown) => {
      asked.push(options)
      return listOf()
    }) as never
    await run(['ls', '--workspace', 'prod'], { sdk: fakeSdk({ images: { list } }) })
    await run(['ls', '--workspace', 'wksp_7'], { sdk: fakeSdk({ images: { list } }) })
    expect(asked).toMatchObject([{ workspace: 'sfc:workspace:acme:prod' }, { workspace: 'wksp_7' }])
  })

  it('is quiet, and successful, when the reader of its output has left', async () => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('broken pipe'), { code: 'EPIPE' })),
    })
    const { exitCode, stderr } = await run(['ls', '--quiet'], { stdout, sdk: listing(3) })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  it('fails when its output cannot be written', async () => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
    })
    const { exitCode, stderr } = await run(['ls', '--quiet'], { stdout, sdk: listing(3) })
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'error: output could not be written (ENOSPC)\n' })
  })
})

describe('slipway images get', () => {
  it('shows a field a line', async () => {
    const { stdout } = await run(['images', 'get', 'ubuntu-24.04'], {
      sdk: fakeSdk({ images: { get: async () => image } }),
    })
    expect(stdout).toMatchSnapshot()
  })

  it('keeps control characters of a server away from the terminal', async () => {
    const evil = { ...image, provider: 'x\u001b]0;title\u0007' }
    const { stdout } = await run(['images', 'get', 'x'], { sdk: fakeSdk({ images: { get: async () => evil } }) })
    expect(stdout).not.toContain('\u001b')
  })

  it('closes its connections, whatever happened', async () => {
    let closedCount = 0
    const onClose = () => {
      closedCount++
    }
    const get = async () => {
      throw new NetworkError('GET /v2/images/x: the connection was refused', { code: 'connection_refused' })
    }
    await run(['images', 'get', 'x'], { sdk: fakeSdk({ images: { get: async () => image }, onClose }) })
    const { exitCode, stderr } = await run(['images', 'get', 'x'], { sdk: fakeSdk({ images: { get }, onClose }) })
    expect(closedCount).toBe(2)
    expect(exitCode).toBe(6)
    expect(stderr).toMatch(/^error: GET \/v2\/images\/x: the connection was refused\nhint: check the connection/)
    expect(stderr).not.toContain('    at ')
  })

  it('shows the stack trace only with --debug', async () => {
    const get = async () => {
      throw new TypeError('nobody foresaw this')
    }
    const plain = await run(['images', 'get', 'x'], { sdk: fakeSdk({ images: { get } }) })
    const debug = await run(['images', 'get', 'x', '--debug'], { sdk: fakeSdk({ images: { get } }) })
    expect(plain.exitCode).toBe(1)
    expect(plain.stderr).not.toContain('    at ')
    expect(debug.stderr).toContain('    at ')
  })

  it('stops at the first Ctrl-C with exit code 130, and leaves at once at the second', async () => {
    const signals = new EventEmitter()
    const left: number[] = []
    const get = (_ref: string, { signal }: RequestOptions = {}) =>
      new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => {
          signals.emit('SIGINT')
          reject(new Error('stopped on request'))
        })
        signals.emit('SIGINT')
      })
    const { exitCode, stderr } = await run(['images', 'get', 'x'], {
      signals,
      sdk: fakeSdk({ images: { get } }),
      host: { exitNow: (code) => left.push(code) },
    })
    expect({ exitCode, left }).toEqual({ exitCode: 130, left: [130] })
    expect(stderr).toMatch(/^stopped: /)
    expect(signals.listenerCount('SIGINT') + signals.listenerCount('SIGTERM')).toBe(0)
  })
})

describe('slipway images delete, revoke and reinstate', () => {
  const sdk = fakeSdk({
    images: { delete: async () => {}, revoke: async () => image, reinstate: async () => image },
  })

  it.each([
    ['delete', 'Deleted ubuntu-24.04\n', '', '{"deleted":true,"ref":"ubuntu-24.04"}\n'],
    ['revoke', `Revoked ubuntu-24.04 (${image.id})\n`, `${image.id}\n`, undefined],
    ['reinstate', `Reinstated ubuntu-24.04 (${image.id})\n`, `${image.id}\n`, undefined],
  ])('%s says what it did', async (verb, talk, quiet, json) => {
    expect(await run(['images', verb, 'ubuntu-24.04'], { sdk })).toEqual({ exitCode: 0, stdout: '', stderr: talk })
    expect(await run(['images', verb, 'ubuntu-24.04', '-q'], { sdk })).toMatchObject({ stdout: quiet, stderr: '' })
    const { stdout } = await run(['images', verb, 'ubuntu-24.04', '--json'], { sdk })
    if (json === undefined) expect(JSON.parse(stdout)).toMatchObject({ id: image.id, uploadStatus: 'completed' })
    else expect(stdout).toBe(json)
  })
})

describe('slipway images url', () => {
  const download = { url: 'http://x/?signature=s', expiresAt: new Date(nowMs + 60_000), sha256: null, sizeBytes: 7 }
  const sdk = fakeSdk({ images: { getDownload: async () => download } })

  it('prints the URL alone, and says that it is as good as a token', async () => {
    const { stdout, stderr } = await run(['images', 'url', 'x'], { sdk })
    expect(stdout).toBe('http://x/?signature=s\n')
    expect(stderr).toBe('Whoever has it can download the image until 2026-06-01T12:01:00.000Z\n')
    const json = await run(['images', 'url', 'x', '--json'], { sdk })
    expect(JSON.parse(json.stdout)).toEqual({ ...download, expiresAt: '2026-06-01T12:01:00.000Z' })
  })
})

describe('slipway whoami', () => {
  it('shows the account, and with --verbose where every setting came from, but never the token', async () => {
    const created: unknown[] = []
    const sdk = fakeSdk({ onCreate: (options) => created.push(options) })
    expect((await run(['whoami'], { sdk })).stdout).toBe('account  acme\nrole     admin\nAPI URL  http://127.0.0.1:1\n')
    const verbose = await run(['whoami', '--verbose'], { sdk })
    expect(verbose.stderr).toBe(
      'API URL      http://127.0.0.1:1 (from SLIPWAY_API_URL)\n' +
        'token        from SLIPWAY_TOKEN\n' +
        'profile      default\n' +
        'config file  /nonexistent/.config/slipway/config.json\n',
    )
    expect(verbose.stdout + verbose.stderr).not.toContain('sk_live')
    expect(created[0]).toMatchObject({ apiUrl: 'http://127.0.0.1:1', token: 'sk_live_test' })
  })

  it('is one JSON object with --json', async () => {
    const { stdout } = await run(['whoami', '--json', '--verbose'], { sdk: fakeSdk() })
    expect(JSON.parse(stdout)).toEqual({
      account: 'acme',
      role: 'admin',
      isFrozen: false,
      apiUrl: 'http://127.0.0.1:1',
      apiUrlSource: 'SLIPWAY_API_URL',
      tokenSource: 'SLIPWAY_TOKEN',
      profile: 'default',
    })
  })
})
