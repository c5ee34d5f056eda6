import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { apiAt } from '../api-at.ts'
import { proofScale, seededRandom } from '../proof-scale.ts'
import { runProxyCommand, type SpawnedProxy, spawnProxy } from '../spawned-proxy.ts'
import type { Api } from '../test-server.ts'
import { complete, createImage, downloadUrl, partUrl, sha256Of } from '../uploading.ts'

const killCount = proofScale('SLIPWAY_KILLS', 3)
const clientCount = 4
const maxLifeMs = 600

let dataDir: string
let proxy: SpawnedProxy | undefined
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'slipway-kill-'))
})
afterAll(async () => {
  proxy?.child.kill('SIGKILL')
  await proxy?.exited
  await rm(dataDir, { recursive: true, force: true })
})

/** What a client knows of its upload when the server dies. */
interface Upload {
  id: string
  /** By part number: the digests that it may have. The last acknowledged one, and those sent since. */
  readonly parts: Map<number, { acknowledged: string | undefined; pending: string[] }>
  /** Undefined: never asked for. */
  completion: { sha256: string; isAcknowledged: boolean } | undefined
}

function distinctBytes(sizeBytes: number, seed: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes, seed & 0xff)
  bytes.writeUInt32LE(seed >>> 0)
  return bytes
}

function once(run: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) run()
    isDone = true
  }
}

interface KeepUploadingOptions {
  readonly api: Api
  readonly random: () => number
  readonly uploads: Upload[]
  readonly onPart: () => void
}

/** Uploads until the server is gone: two large parts and a small one, the first of them sometimes sent anew. */
async function keepUploading({ api, random, uploads, onPart }: KeepUploadingOptions): Promise<void> {
  try {
    for (;;) {
      const upload: Upload = { id: await createImage(api), parts: new Map(), completion: undefined }
      uploads.push(upload)
      const sent = new Map<number, Buffer>()
      const numbers = random() < 0.3 ? [1, 2, 1, 3] : [2, 1, 3]
      for (const number of numbers) {
        const bytes = distinctBytes(number === 3 ? 1000 : 5_242_880, Math.floor(random() * 2 ** 32))
        const sha256 = sha256Of(bytes)
        const part = upload.parts.get(number) ?? { acknowledged: undefined, pending: [] }
        upload.parts.set(number, part)
        const url = await partUrl(api, upload.id, number)
        part.pending.push(sha256)
        const { status } = await fetch(url, { method: 'PUT', body: Uint8Array.from(bytes) })
        if (status !== 200) throw new Error(`a part was answered with ${status}`)
        part.acknowledged = sha256
        part.pending.length = 0
        onPart()
        sent.set(number, bytes)
      }
      const sha256 = sha256Of(...[1, 2, 3].map((number) => sent.get(number) as Buffer))
      upload.completion = { sha256, isAcknowledged: false }
      const { status } = await complete(api, upload.id, sha256)
      if (status !== 200) throw new Error(`completion was answered with ${status}`)
      upload.completion.isAcknowledged = true
    }
  } catch (error) {
    // What the server answered wrongly is a finding; that it is gone is what the test does to it.
    if (error instanceof Error && /was answered with/.test(error.message)) throw error
  }
}

async function verify(api: Api, { id, parts, completion }: Upload): Promise<{ parts: number; images: number }> {
  const image = (await api('GET', `/v2/images/${id}`)).body
  const held = (await api('GET', `/v2/images/${id}/parts`)).body.data as { part_id: number; sha256: string }[]
  let count = 0
  for (const [number, { acknowledged, pending }] of parts) {
    const now = held.find(({ part_id }) => part_id === number)?.sha256
    // Acknowledged: there. Sent and not acknowledged: absent (or what was before), or whole. Never anything else.
    const allowed = [acknowledged, ...pending]
    expect(allowed, `part ${number} of ${id}`).toContain(now)
    if (acknowledged !== undefined) count++
  }
  expect(held.every(({ part_id }) => parts.has(part_id))).toBe(true)
  if (completion?.isAcknowledged) expect(image.upload_status).toBe('completed')
  if (image.upload_status !== 'completed') return { parts: count, images: 0 }
  expect(image.sha256).toBe(completion?.sha256)
  const bytes = new Uint8Array(await (await fetch(await downloadUrl(api, id))).arrayBuffer())
  expect(sha256Of(bytes)).toBe(image.sha256)
  return { parts: count, images: 1 }
}

it(`keeps every acknowledged part and image over ${killCount} kills at random instants under load`, async () => {
  const args = ['token', 'create', '--data', dataDir, '--name', 'kill', '--role', 'admin', '--quiet']
  const token = (await runProxyCommand(args)).stdout.trim()
  const random = seededRandom(42)
  const totals = { kills: 0, uploads: 0, acknowledgedParts: 0, unacknowledgedParts: 0, completedImages: 0 }
  let uploads: Upload[] = []
  proxy = await spawnProxy(dataDir)
  while (totals.kills < killCount) {
    const api = apiAt(proxy.url, token)
    const { child } = proxy
    const killSoon = () => setTimeout(() => child.kill('SIGKILL'), random() * maxLifeMs)
    // One life in four ends before anything may have been acknowledged, the others at a random instant after that.
    const onPart = totals.kills % 4 === 3 ? () => undefined : once(killSoon)
    if (totals.kills % 4 === 3) killSoon()
    const clients = Array.from({ length: clientCount }, () => keepUploading({ api, random, uploads, onPart }))
    expect(await proxy.exited).toBe('SIGKILL')
    await Promise.all(clients)
    totals.kills++

    proxy = await spawnProxy(dataDir)
    const after = apiAt(proxy.url, token)
    for (const upload of uploads) {
      const { parts, images } = await verify(after, upload)
      totals.uploads++
      totals.acknowledgedParts += parts
      totals.completedImages += images
      for (const { pending } of upload.parts.values()) totals.unacknowledgedParts += pending.length
      const files = await readdir(join(dataDir, 'blobs', upload.id)).catch(() => [])
      const held = (await after('GET', `/v2/images/${upload.id}/parts`)).body.data.length
      // The start removed what the kill left unfinished.
      expect(files).toHaveLength(held)
      await after('DELETE', `/v2/images/${upload.id}`)
    }
    uploads = []
    // Keeps the disk from filling over many rounds.
    for (const name of await readdir(join(dataDir, 'blobs')))
      await rm(join(dataDir, 'blobs', name), { recursive: true })
  }
  if (killCount > 10) console.log(totals)
  expect(totals.acknowledgedParts).toBeGreaterThan(0)
}, 1_800_000)
