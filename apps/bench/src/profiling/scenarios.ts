import { randomFillSync } from 'node:crypto'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { ping } from '../peers/ping.ts'
import { slipwayScript } from '../peers/program-path.ts'
import { sendAll } from '../peers/raw-http.ts'
import { runCommand } from '../peers/run-command.ts'
import { startSlipwayProxy } from '../peers/slipway-proxy.ts'
import { startDiscarding } from '../suites/discarding.ts'
import { makeRandomFile } from '../suites/random-file.ts'

/** Work that one program does under Node's own profiler. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** @param nodeOptions for the program that is looked at; it has ended, and written its profiles, when this returns */
  run(bench: Bench, nodeOptions: readonly string[]): Promise<void>
}

const connectionCount = 8
const roundCount = 4

export const scenarios: readonly Scenario[] = [
  { name: 'cli-upload', title: 'slipway upload', run: (bench, node) => transfer(bench, node, 'upload') },
  { name: 'cli-download', title: 'slipway download', run: (bench, node) => transfer(bench, node, 'download') },
  { name: 'proxy-ingest', title: 'slipway-proxy: taking in bytes', run: (bench, node) => bytes(bench, node, 'ingest') },
  {
    name: 'proxy-egress',
    title: 'slipway-proxy: giving out bytes',
    run: (bench, node) => bytes(bench, node, 'egress'),
  },
  { name: 'proxy-get', title: 'slipway-proxy: GET /images/{id}', run: get },
]

async function transfer(bench: Bench, nodeOptions: readonly string[], verb: 'upload' | 'download'): Promise<void> {
  const file = join(bench.folder, 'source.img')
  const sha256 = await makeRandomFile(file, bench.profile.transferBytes)
  const { env } = await startDiscarding(bench, file, sha256)
  const args = verb === 'upload' ? [file, '--name', 'bench'] : ['bench', join(bench.folder, 'copy.img'), '--force']
  await runCommand([process.execPath, ...nodeOptions, slipwayScript(), verb, ...args, '--quiet'], env)
}

async function bytes(bench: Bench, nodeOptions: readonly string[], verb: 'ingest' | 'egress'): Promise<void> {
  const { partBytes, partCount } = bench.profile
  const part = randomFillSync(Buffer.allocUnsafeSlow(partBytes))
  const proxy = await startSlipwayProxy({ dataDir: join(bench.folder, 'proxy'), nodeOptions })
  try {
    const uploadCount = verb === 'ingest' ? roundCount : 1
    for (let upload = 1; upload <= uploadCount; upload++) {
      const stored = await proxy.open(part, partCount)
      await sendAll(stored.puts)
      await stored.complete()
      // Enough of them that the one upload before is small beside.
      const readCount = verb === 'egress' ? roundCount * roundCount : 0
      for (let read = 0; read < readCount; read++) await sendAll(await stored.gets())
      await stored.remove()
    }
  } finally {
    await proxy.stop()
  }
}

async function get(bench: Bench, nodeOptions: readonly string[]): Promise<void> {
  const proxy = await startSlipwayProxy({ dataDir: join(bench.folder, 'proxy'), nodeOptions })
  try {
    const { id } = await proxy.api('POST', '/v2/images', { workspace: 'sfc:workspace:local:default' })
    const headers = { authorization: `Bearer ${proxy.token}` }
    const request = { method: 'GET', url: `${proxy.url}/v2/images/${id}`, headers } as const
    await ping({ request, connectionCount, durationMs: bench.profile.pingMs * roundCount })
  } finally {
    await proxy.stop()
  }
}
