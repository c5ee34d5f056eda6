import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { apiAt } from '../api-at.ts'
import { createMalformedRequests } from '../malformed-requests.ts'
import { proofScale, seededRandom } from '../proof-scale.ts'
import { runProxyCommand, type SpawnedProxy, spawnProxy } from '../spawned-proxy.ts'
import { bytesOf, createImage, downloadUrl, partUrl, uploadImage } from '../uploading.ts'

const requestCount = proofScale('SLIPWAY_FUZZ_REQUESTS', 1200)
const concurrency = 8
/** Longer than the server needs for anything but to wait for a body that never comes, which the client then ends. */
const patienceMs = 15_000
/** The client closes its side when nothing comes: a body that was announced and never sent keeps a server waiting rightly. */
const silenceMs = 400

let dataDir: string
let proxy: SpawnedProxy
let token: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'slipway-fuzz-'))
  const args = ['token', 'create', '--data', dataDir, '--name', 'fuzz', '--role', 'admin', '--quiet']
  token = (await runProxyCommand(args)).stdout.trim()
  proxy = await spawnProxy(dataDir)
})
afterAll(async () => {
  proxy.child.kill('SIGKILL')
  await proxy.exited
  await rm(dataDir, { recursive: true, force: true })
})

/** @returns the status, or what became of the connection instead */
function send(request: string): Promise<number | 'closed' | 'silent' | 'hung'> {
  return new Promise((resolve) => {
    let received = ''
    let isSilent = false
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(proxy.url).port) })
    const hung = setTimeout(() => {
      resolve('hung')
      socket.destroy()
    }, patienceMs)
    socket.setTimeout(silenceMs, () => {
      isSilent = true
      socket.end()
    })
    socket.on('data', (chunk) => {
      if (received.length < 100) received += chunk.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(hung)
      const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(received.replace(/^HTTP\/1\.1 100 .*\r\n\r\n/, '')) ?? []
      resolve(status === undefined ? (isSilent ? 'silent' : 'closed') : Number(status))
    })
    socket.write(request)
  })
}

async function footprint(): Promise<{ files: number; rssBytes: number }> {
  const status = await readFile(`/proc/${proxy.child.pid}/status`, 'utf8')
  return {
    files: (await readdir(`/proc/${proxy.child.pid}/fd`)).length,
    rssBytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024,
  }
}

it(`answers ${requestCount} malformed requests without a 5xx, a hang, or growth of memory or open files`, async () => {
  const api = apiAt(proxy.url, token)
  const imageId = await uploadImage(api, [bytesOf(1000)], 'fuzzed')
  const open = await createImage(api)
  const urls = [
    await downloadUrl(api, imageId),
    await partUrl(api, open, 1),
    await partUrl(api, imageId, 1).catch(() => ''),
  ]
  const bytePaths = urls.filter((url) => url !== '').map((url) => url.slice(proxy.url.length))
  const next = createMalformedRequests({ random: seededRandom(20_260_101), token, imageId: open, bytePaths })
  const statuses: Record<string, number> = {}
  const bad: string[] = []
  const run = async (count: number) => {
    let left = count
    const work = async () => {
      while (left-- > 0) {
        const request = next()
        const outcome = await send(request)
        statuses[outcome] = (statuses[outcome] ?? 0) + 1
        if (outcome === 'hung' || (typeof outcome === 'number' && outcome >= 500))
          bad.push(`${outcome}: ${request.slice(0, 500)}`)
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work))
  }
  // The first third fills caches and compiles code.
  await run(Math.floor(requestCount / 3))
  const before = process.platform === 'linux' ? await footprint() : undefined
  await run(Math.ceil((requestCount * 2) / 3))
  if (before && requestCount > 2000) console.log({ statuses, before, after: await footprint() })
  expect(bad).toEqual([])
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '400', '401', '403', '404', '405']))
  if (before) {
    await expect.poll(async () => (await footprint()).files, { timeout: 15_000 }).toBeLessThanOrEqual(before.files + 4)
    const { rssBytes } = await footprint()
    expect((rssBytes - before.rssBytes) / 2 ** 20).toBeLessThan(60)
  }
  expect((await api('GET', `/v2/images/${imageId}`)).body.upload_status).toMatch(/completed|revoked/)
}, 1_200_000)
