import { spawn } from 'node:child_process'
import { createHash, randomFillSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from './run-command.ts'
import { type Spread, spreadOf } from './statistics.ts'

export interface TransferBenchmarkOptions {
  /** Size of the file that is moved, in bytes. */
  readonly sizeBytes: number
  /** Counted runs of each contender, in turn; one more goes before them, uncounted. */
  readonly runCount: number
  /** Where the file is made; a RAM disk keeps the disk out of the figures. */
  readonly folder: string
  readonly onRun: (done: number, all: number) => void
}

export interface ContenderResult {
  readonly name: string
  readonly kind: 'upload' | 'download' | 'limit'
  readonly seconds: Spread
  readonly peakRssBytes: number
}

interface Contender {
  readonly name: string
  readonly kind: ContenderResult['kind']
  readonly command: readonly string[]
}

/** Every contender moves the same file to or from the same server, in turn, so that a drift of the machine hits all. */
export async function runTransferBenchmark(options: TransferBenchmarkOptions): Promise<ContenderResult[]> {
  const { sizeBytes, runCount, onRun } = options
  const folder = await mkdtemp(join(options.folder, 'slipway-bench-'))
  try {
    const file = join(folder, 'source.img')
    const sha256 = await makeFile(file, sizeBytes)
    const server = spawn(process.execPath, [script('discard-server'), file, sha256], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const [line] = (await once(server.stdout, 'data')) as [Buffer]
      const url = `http://127.0.0.1:${line.toString().trim()}`
      const all = contenders(url, file, join(folder, 'copy.img'))
      // The commands find the server, and keep their records, where nobody else's are.
      const env = { SLIPWAY_API_URL: url, SLIPWAY_TOKEN: 'bench', XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder }
      const runs = all.map((contender) => ({ contender, seconds: [] as number[], peakRssBytes: 0 }))
      for (let round = 0; round <= runCount; round++) {
        for (const [index, run] of runs.entries()) {
          const { seconds, peakRssBytes } = await runCommand(run.contender.command, env)
          if (round > 0) run.seconds.push(seconds)
          run.peakRssBytes = Math.max(run.peakRssBytes, peakRssBytes)
          onRun(round * all.length + index + 1, (runCount + 1) * all.length)
        }
      }
      return runs.map(({ contender: { name, kind }, seconds, peakRssBytes }) => ({
        name,
        kind,
        seconds: spreadOf(seconds),
        peakRssBytes,
      }))
    } finally {
      server.kill()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function contenders(url: string, file: string, copy: string): Contender[] {
  const node = process.execPath
  const slipway = fileURLToPath(new URL('bin/slipway.js', import.meta.resolve('@slipway/cli/package.json')))
  return [
    { name: 'sha256sum FILE', kind: 'limit', command: ['sha256sum', file] },
    { name: 'curl -T FILE', kind: 'upload', command: ['curl', '-sf', '-o', '/dev/null', '-T', file, `${url}/put`] },
    { name: 'slipway upload', kind: 'upload', command: [node, slipway, 'upload', file, '--name', 'bench', '--quiet'] },
    { name: 'whole parts, one at a time', kind: 'upload', command: [node, script('contender-whole-parts'), url, file] },
    { name: 'curl -o FILE', kind: 'download', command: ['curl', '-sf', '-o', copy, `${url}/bytes`] },
    {
      name: 'slipway download',
      kind: 'download',
      command: [node, slipway, 'download', 'bench', copy, '--force', '--quiet'],
    },
  ]
}

function script(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url))
}

/** Random bytes, so that nothing on the way can make it easier. @returns their SHA-256 */
async function makeFile(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256')
  const block = Buffer.alloc(8 * 1024 * 1024)
  const handle = await open(path, 'w')
  for (let position = 0; position < sizeBytes; position += block.length) {
    const bytes = randomFillSync(block).subarray(0, Math.min(block.length, sizeBytes - position))
    hash.update(bytes)
    await handle.write(bytes)
  }
  await handle.close()
  return hash.digest('hex')
}
