import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { conformanceCases, tags } from '../src/index.ts'
import { main } from '../src/main.ts'
import type { Fault } from './mutants/mutants.ts'
import { type ReferenceServer, startReferenceServer } from './reference-server/start-reference-server.ts'
import { type Run, type SpawnOptions, spawnConformance } from './spawn-conformance.ts'

let server: ReferenceServer
let directory: string
beforeAll(async () => {
  server = await startReferenceServer()
  directory = await mkdtemp(join(tmpdir(), 'slipway-conformance-test-'))
})
afterAll(async () => {
  await server.stop()
  await rm(directory, { recursive: true })
})

const runAt = (target: ReferenceServer, argv: readonly string[], options?: SpawnOptions) =>
  spawnConformance(['--url', target.url, '--token', target.token, ...argv], options)

async function withFault<Result>(fault: Fault, use: (broken: ReferenceServer) => Promise<Result>): Promise<Result> {
  const broken = await startReferenceServer({ fault })
  try {
    return await use(broken)
  } finally {
    await broken.stop()
  }
}

const longestLine = (text: string) => Math.max(...text.split('\n').map((line) => line.length))

describe('a run', () => {
  it('prints a report of 80 columns, says what was not run and why, and exits with 0', async () => {
    const { exitCode, stdout, stderr } = await runAt(server, ['--only', 'access,parts'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(longestLine(stdout)).toBeLessThanOrEqual(80)
    expect(stdout).toContain('ok      parts.overwrite')
    expect(stdout).toMatch(/NOT RUN, \d+ cases: needs another account's token: give --second-token/)
    expect(stdout).toMatch(/\d+ passed, 0 failed, \d+ not run, in/)
    expect(server.remaining()).toEqual({ images: 0, workspaces: 2 })
  })

  it('shows the sentence that a server breaks, and exits with 1', async () => {
    const { exitCode, stdout } = await withFault('accepts-gaps', (broken) =>
      runAt(broken, ['--only', 'complete.gap', '--quiet']),
    )
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^FAILED complete\.gap: /m)
    expect(stdout).toContain('contract: What breaks a limit gets a 400 that names the part')
    expect(stdout).toMatch(/found: expected 400; POST \/v2\/images\/image_\S+ *\n? *answered 200/)
    expect(longestLine(stdout)).toBeLessThanOrEqual(80)
  })

  it('takes its settings from the environment, and the address with a prefix', async () => {
    const env = {
      SLIPWAY_API_URL: `${server.url}/preview/v2/`,
      SLIPWAY_TOKEN: server.token,
      SLIPWAY_SECOND_TOKEN: server.secondToken,
      SLIPWAY_READER_TOKEN: server.readerToken,
    }
    const { exitCode, stdout } = await spawnConformance(['--only', 'access', '--safety', 'creates', '--json'], { env })
    const report = JSON.parse(stdout)
    expect({ exitCode, failed: report.failed }).toEqual({ exitCode: 0, failed: 0 })
    expect(report).toMatchObject({ server: 'reference/1.0.0', isInterrupted: false, cleanup: { leftBehind: [] } })
    expect(report.cases.filter((each: { outcome: string }) => each.outcome === 'not-run')).toMatchObject([
      { id: 'publish.other-account', reason: 'its safety is destructive: give --safety destructive' },
    ])
  })

  it('only reads when it is told to', async () => {
    const before = server.remaining()
    const { exitCode, stdout } = await runAt(server, ['--safety', 'read-only', '--json'])
    const report = JSON.parse(stdout)
    expect(exitCode).toBe(0)
    expect(report.passed).toBeGreaterThan(60)
    expect({ sent: report.sentBytes, deleted: report.cleanup.deletedCount }).toEqual({ sent: 0, deleted: 0 })
    expect(server.remaining()).toEqual(before)
  })

  it('creates in the workspace that it is given, and leaves bare names alone there', async () => {
    const created = await fetch(`${server.url}/v2/workspaces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: '{"name":"lab"}',
    })
    const { id } = (await created.json()) as { id: string }
    const { exitCode, stdout } = await runAt(server, ['--workspace', id, '--only', 'ids', '--json'])
    const report = JSON.parse(stdout)
    expect(report.cases.filter((each: { outcome: string }) => each.outcome === 'failed')).toEqual([])
    expect(exitCode).toBe(0)
    const bareName = report.cases.find((each: { id: string }) => each.id === 'ids.reference.name')
    expect(bareName.outcome).toBe('not-run')
  })

  it('never prints a token or a presigned query, whatever fails', async () => {
    const faults = { 'expires-in-milliseconds': 'parts.url-shape', 'lies-about-sha256': 'download.shape' } as const
    for (const fault of ['expires-in-milliseconds', 'lies-about-sha256'] as const) {
      const { stdout, stderr, token } = await withFault(fault, async (broken) => ({
        ...(await runAt(broken, ['--only', faults[fault]])),
        token: broken.token,
      }))
      // The answer that is shown holds a presigned URL.
      expect(stdout.replace(/\s+/g, '')).toContain(`FAILED${faults[fault]}`)
      expect(stdout + stderr).not.toContain(token)
      expect(stdout + stderr).not.toMatch(/signature=|expires=/)
    }
  })
})

describe('reports for machines', () => {
  it('are valid JUnit XML, with failures and what was not run', async () => {
    const path = join(directory, 'junit.xml')
    // Its messages hold quotes, angle brackets and ampersands.
    await withFault('html-404', (broken) => runAt(broken, ['--only', 'errors,access', '--junit', path, '--quiet']))
    const xml = await readFile(path, 'utf8')
    expect(XMLValidator.validate(xml)).toBe(true)
    const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(xml)
    const suites: Record<string, string>[] = testsuites.testsuite
    const sum = (name: string) => suites.reduce((total, suite) => total + Number(suite[name]), 0)
    expect(sum('@_tests')).toBe(Number(testsuites['@_tests']))
    expect(sum('@_failures')).toBe(Number(testsuites['@_failures']))
    expect(Number(testsuites['@_failures'])).toBeGreaterThan(0)
    expect(Number(testsuites['@_skipped'])).toBeGreaterThan(0)
    expect(xml).toContain('&lt;h1&gt;Not Found')
  })
})

describe('stopping', () => {
  it('deletes what was created when it is interrupted, and exits with 130', async () => {
    const slow = await startReferenceServer()
    try {
      let isStopped = false
      const { exitCode, stdout, stderr } = await runAt(slow, ['--concurrency', '2'], {
        onOutput(printed, child) {
          if (isStopped || !printed.includes('names.')) return
          isStopped = true
          child.kill('SIGINT')
        },
      })
      expect({ exitCode, remaining: slow.remaining() }).toEqual({
        exitCode: 130,
        remaining: { images: 0, workspaces: 2 },
      })
      expect(stderr).toContain('stopping: deleting what was created')
      expect(stdout).toContain('NOT RUN')
      expect(stdout).toContain('The run was stopped')
    } finally {
      await slow.stop()
    }
  })

  it('gives up a case after its time and goes on', async () => {
    // Answers what the kit has to know, and hangs at everything else.
    const hanging = createServer((request, response) => {
      if (request.url !== '/v1/account/me' && !/limit=1&|capabilities/.test(request.url ?? '')) return
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ id: 'a', role: 'admin', is_frozen: false, object: 'list', data: [] }))
    })
    await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`
    const argv = ['--url', url, '--token', 'x', '--only', 'list.shape,workspaces.list', '--timeout', '1']
    const { exitCode, stdout } = await spawnConformance(argv)
    hanging.closeAllConnections()
    hanging.close()
    expect(exitCode).toBe(1)
    expect(stdout.match(/timed out: it did not end within 1 s/g)).toHaveLength(2)
  })
})

/** Mistakes are many and a process for each is slow: the same code, without one. */
async function runInProcess(argv: readonly string[]): Promise<Run> {
  let [stdout, stderr] = ['', '']
  const exitCode = await main(argv, {
    env: {},
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  })
  return { exitCode, stdout, stderr }
}

describe('the command line', () => {
  it.each([
    ['no address', ['--token', 'x'], /--url or SLIPWAY_API_URL/],
    ['no token', ['--url', 'http://127.0.0.1:1'], /--token or SLIPWAY_TOKEN/],
    ['an address that is none', ['--url', 'ftp://x', '--token', 'x'], /--url must be/],
    [
      'a server that is not there',
      ['--url', 'http://127.0.0.1:1', '--token', 'x'],
      /no answer from http:\/\/127\.0\.0\.1:1 /,
    ],
    ['an unknown flag', ['--color', 'red'], /color/],
    ['a flag twice', ['--url', 'http://a', '--url', 'http://b'], /once only/],
    ['a word too many', ['run'], /Unknown argument: run/],
    [
      'an unknown tag',
      ['--url', 'http://127.0.0.1:1', '--token', 'x', '--only', 'coer'],
      /no tag and no case is named coer/,
    ],
    ['an unknown safety', ['--safety', 'reckless'], /safety/],
    ['no time at all', ['--timeout', '0'], /--timeout must be/],
    [
      'a file that cannot be written',
      ['--url', 'http://127.0.0.1:1', '--token', 'x', '--junit', '/nowhere/x.xml'],
      /nowhere/,
    ],
  ])('refuses %s in one line, with exit code 2', async (_, argv, said) => {
    const { exitCode, stdout, stderr } = await runInProcess(argv)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(/^error: [^\n]+\n$/)
    expect(stderr).toMatch(said)
  })

  it('says so when the token is refused, without showing it', async () => {
    const { exitCode, stderr } = await runInProcess(['--url', server.url, '--token', 'sk_live_wrong'])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'error: the server refuses the token (401): check --token\n',
    })
  })

  it('says so when a server of something else answers, or the workspace is not there', async () => {
    const other = createServer((_, response) => response.end('<html>hello</html>'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    const run = await runInProcess(['--url', url, '--token', 'x'])
    other.closeAllConnections()
    other.close()
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toMatch(/^error: this does not look like a server of the Images API: .+\n$/)
    const argv = ['--url', server.url, '--token', server.token, '--workspace', 'wksp_nowhere']
    const nowhere = await runInProcess(argv)
    expect(nowhere.stderr).toBe('error: there is no workspace wksp_nowhere for this token: check --workspace\n')
  })

  it('lists its cases, with the sentence that each checks', async () => {
    const { exitCode, stdout } = await runInProcess(['--list'])
    expect(exitCode).toBe(0)
    expect(longestLine(stdout)).toBeLessThanOrEqual(100)
    for (const { id } of conformanceCases) expect(stdout).toContain(`${id}  [`)
    expect(stdout).toContain(`${conformanceCases.length} cases`)
  })

  it('helps', async () => {
    const { exitCode, stdout } = await runInProcess(['--help'])
    expect(exitCode).toBe(0)
    for (const word of ['--url', '--second-token', '--junit', 'Exit codes', ...tags]) expect(stdout).toContain(word)
    expect((await runInProcess(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
