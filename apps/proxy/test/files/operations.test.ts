import { execFileSync } from 'node:child_process'
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDeps } from '../../src/deps.ts'
import { createLog } from '../../src/log.ts'
import { storedBytesOf } from '../../src/metadata/accounts.ts'
import { acquireLease } from '../../src/metadata/leases.ts'
import type { FilesStorage } from '../../src/storage/files/files-storage.ts'
import { runProxyCommand } from '../spawned-proxy.ts'
import { onlyOn } from '../test-database.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import {
  bytesOf,
  complete,
  createImage,
  defaultWorkspace,
  downloadUrl,
  partUrl,
  putPart,
  sha256Of,
  uploadImage,
} from '../uploading.ts'

const dayMs = 86_400_000

let server: TestServer
let directory: string
beforeEach(async () => {
  server = await startTestServer()
  directory = await mkdtemp(join(tmpdir(), 'slipway-operations-'))
})
afterEach(async () => {
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

const statusOf = async (id: string) => (await server.api('GET', `/v2/images/${id}`)).body?.upload_status
const foldersOf = () => readdir(join(server.dataDir, 'blobs'))
const command = (...args: string[]) => runProxyCommand([...args, '--data', server.dataDir])

describe('an abandoned upload', () => {
  it('fails after seven days without a new part, frees its name, and takes no part any more', async () => {
    const id = await createImage(server.api, 'left')
    server.clock.offsetMs += 6 * dayMs
    await putPart(server.api, id, 1, bytesOf(100))
    server.clock.offsetMs += 6 * dayMs
    await server.deps.maintenance.runOnce()
    expect(await statusOf(id)).toBe('uploading')
    const url = await partUrl(server.api, id, 2)
    server.clock.offsetMs += dayMs + 1
    expect(await server.deps.maintenance.runOnce()).toMatchObject({ 'expire-uploads': 1 })
    expect(await statusOf(id)).toBe('failed')
    await createImage(server.api, 'left')
    server.clock.offsetMs -= dayMs + 1
    expect((await fetch(url, { method: 'PUT', body: 'late' })).status).toBe(409)
  })

  it('is purged after its grace, and no longer counts against the quota', async () => {
    const id = await createImage(server.api)
    await putPart(server.api, id, 1, bytesOf(100))
    server.clock.offsetMs += 7 * dayMs + 1
    await server.deps.maintenance.runOnce()
    expect(await foldersOf()).toEqual([id])
    server.clock.offsetMs += 7 * dayMs + 1
    expect(await server.deps.maintenance.runOnce()).toMatchObject({ 'purge-images': 1 })
    expect(await foldersOf()).toEqual([])
    expect(await storedBytesOf(server.deps.db, 'local')).toBe(0)
    expect(await server.deps.maintenance.runOnce()).toMatchObject({ 'purge-images': 0 })
  })
})

describe('a deleted image', () => {
  it('keeps its bytes for the grace and loses them after it, others keep theirs', async () => {
    const gone = await uploadImage(server.api, [bytesOf(5_300_000, 1), bytesOf(10, 2)], 'gone')
    const kept = await uploadImage(server.api, [bytesOf(1000, 3)], 'kept')
    await server.api('DELETE', `/v2/images/${gone}`)
    await server.deps.maintenance.runOnce()
    expect((await foldersOf()).sort()).toEqual([gone, kept].sort())
    server.clock.offsetMs += 7 * dayMs + 1
    await server.deps.maintenance.runOnce()
    expect(await foldersOf()).toEqual([kept])
    expect((await server.api('GET', '/v2/images?include_deleted=true')).body.data).toHaveLength(2)
    const download = await fetch(await downloadUrl(server.api, kept))
    expect(sha256Of(new Uint8Array(await download.arrayBuffer()))).toBe(sha256Of(bytesOf(1000, 3)))
  })

  it('is purged by whoever holds the lease, and by somebody else once that has expired', async () => {
    const id = await uploadImage(server.api, [bytesOf(10)])
    await server.api('DELETE', `/v2/images/${id}`)
    server.clock.offsetMs += 7 * dayMs + 1
    const claim = { name: 'purge-images', holder: 'a dead server', lifetimeMs: 60_000 }
    expect(await acquireLease(server.deps.db, { ...claim, nowMs: server.deps.now() })).toBe(true)
    expect(await server.deps.maintenance.runOnce()).toMatchObject({ 'purge-images': 0 })
    // Whose clock ends it depends on the database.
    await server.deps.db.updateTable('leases').set({ expires_at_ms: 0 }).execute()
    expect(await server.deps.maintenance.runOnce()).toMatchObject({ 'purge-images': 1 })
  })
})

describe('scrub', () => {
  it('finds flipped, missing and short bytes, and marks what it finds when told to', async () => {
    const good = await uploadImage(server.api, [bytesOf(1000, 1)], 'good')
    const ids: Record<string, string> = {}
    for (const name of ['flipped', 'short', 'missing'])
      ids[name] = await uploadImage(server.api, [bytesOf(1000, 2)], name)
    expect(await command('scrub')).toMatchObject({ code: 0, stderr: '' })
    const fileOf = async (id = '') => {
      const folder = join(server.dataDir, 'blobs', id)
      return join(folder, (await readdir(folder))[0] ?? '')
    }
    const file = await open(await fileOf(ids.flipped), 'r+')
    await file.write(Buffer.from([0xff]), 0, 1, 500)
    await file.close()
    await writeFile(await fileOf(ids.short), 'short')
    await rm(await fileOf(ids.missing))
    const { code, stdout, stderr } = await command('scrub', '--mark-failed')
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'slipway-proxy: 3 of 4 images are damaged\n' })
    expect(stdout.match(/^damaged/gm)).toHaveLength(3)
    expect(await statusOf(good)).toBe('completed')
    for (const id of Object.values(ids)) expect(await statusOf(id)).toBe('failed')
  })
})

describe('export', () => {
  it('writes the very bytes with holes for zeros, and overwrites only when told to', async () => {
    const image = Buffer.concat([
      bytesOf(100_000, 1),
      Buffer.alloc(6_000_000),
      bytesOf(70_001, 2),
      Buffer.alloc(900_000),
    ])
    await uploadImage(server.api, [image.subarray(0, 5_500_000), image.subarray(5_500_000)], 'sparse')
    const path = join(directory, 'sparse.img')
    expect(await command('export', 'sparse', path)).toMatchObject({ code: 0, stderr: '' })
    expect(sha256Of(await readFile(path))).toBe(sha256Of(image))
    expect((await stat(path)).blocks * 512).toBeLessThan(1_000_000)
    expect((await command('export', 'sparse', path)).stderr).toMatch(/is there already/)
    expect(await command('export', 'sparse', path, '--force')).toMatchObject({ code: 0 })
    expect(await command('export', 'nothing', join(directory, 'x'))).toMatchObject({ code: 1 })
    expect(await command('export', '%', join(directory, 'x'))).toMatchObject({ code: 2 })
    expect(await readdir(directory)).toEqual(['sparse.img'])
  })
})

onlyOn('postgres', () => {
  describe('backup on PostgreSQL', () => {
    it('says in one line what to use instead', async () => {
      const { code, stderr } = await command('backup', join(directory, 'backup'))
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^slipway-proxy: .*pg_dump.*\n$/),
      })
    })
  })
})

onlyOn('sqlite', () => {
  describe('backup', () => {
    it('is a whole installation, taken while uploads go on', async () => {
      const id = await uploadImage(server.api, [bytesOf(1000, 1)], 'backed-up')
      const unfinished = await createImage(server.api, 'unfinished')
      await putPart(server.api, unfinished, 1, bytesOf(100, 2))
      const target = join(directory, 'backup')
      let isDone = false
      const churn = async () => {
        for (let seed = 0; !isDone; seed++) await putPart(server.api, unfinished, 1, bytesOf(100 + seed, seed))
      }
      const churning = churn()
      const { code, stdout, stderr } = await command('backup', target)
      isDone = true
      await churning
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(/hard links/)
      expect(await command('backup', target)).toMatchObject({ code: 1 })

      const restored = await createDeps({ config: { dataDir: target }, log: createLog({ level: 'silent' }) })
      await restored.close()
      expect(await runProxyCommand(['scrub', '--data', target])).toMatchObject({ code: 0 })
      const copy = join(directory, 'copy.img')
      await runProxyCommand(['export', id, copy, '--data', target])
      expect(sha256Of(await readFile(copy))).toBe(sha256Of(bytesOf(1000, 1)))
      // Deleting the original leaves the backup alone.
      await server.api('DELETE', `/v2/images/${id}`)
      server.clock.offsetMs += 8 * dayMs
      await server.deps.maintenance.runOnce()
      expect(await runProxyCommand(['scrub', '--data', target])).toMatchObject({ code: 0 })
    })
  })
})

describe('a storage that fails', () => {
  it.each([
    ['ENOSPC', 507, 'storage_full'],
    ['EDQUOT', 507, 'storage_full'],
    ['EROFS', 503, 'storage_unavailable'],
    ['EMFILE', 503, 'storage_unavailable'],
    ['EIO', 503, 'storage_unavailable'],
  ])('answers %s with %i, tells when to come back, and recovers by itself', async (code, status, errorCode) => {
    const id = await createImage(server.api)
    const { blobs } = server.deps.storage as FilesStorage
    const { writePart } = blobs
    Object.assign(blobs, { writePart: () => Promise.reject(Object.assign(new Error('injected'), { code })) })
    const refused = await putPart(server.api, id, 1, bytesOf(1000))
    expect(refused.status).toBe(status)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({
      error: { type: 'service_unavailable', details: [{ code: errorCode }] },
    })
    Object.assign(blobs, { writePart })
    expect((await putPart(server.api, id, 1, bytesOf(1000))).status).toBe(200)
    expect((await complete(server.api, id, sha256Of(bytesOf(1000)))).status).toBe(200)
  })
})

const canMount = process.platform === 'linux' && process.getuid?.() === 0 && isMountable()

function isMountable(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

// Mounting needs root; the injected failures above stand for it elsewhere.
describe.runIf(canMount)('a full disk', () => {
  it('refuses the part, keeps what it has, and goes on when there is room', async () => {
    const mountPoint = join(directory, 'tmpfs')
    execFileSync('mkdir', [mountPoint])
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', mountPoint])
    try {
      const full = await startTestServer({ dataDir: mountPoint })
      try {
        const id = await createImage(full.api, 'kept')
        const parts = [bytesOf(5_300_000, 1), bytesOf(1000, 2)]
        expect((await putPart(full.api, id, 1, parts[0] as Buffer)).status).toBe(200)
        expect((await putPart(full.api, id, 2, bytesOf(9_000_000))).status).toBe(507)
        expect((await full.api('GET', `/v2/images/${id}/parts`)).body.data).toHaveLength(1)
        expect((await putPart(full.api, id, 2, parts[1] as Buffer)).status).toBe(200)
        expect((await complete(full.api, id, sha256Of(...parts))).status).toBe(200)

        const filler = join(mountPoint, 'filler')
        expect(() => execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { stdio: 'ignore' })).toThrow()
        const refused = await full.api('POST', '/v2/images', { workspace: defaultWorkspace, name: 'x'.repeat(200) })
        expect([201, 507]).toContain(refused.status)
        expect((await full.api('GET', '/v2/images/kept')).status).toBe(200)
        const download = await fetch(await downloadUrl(full.api, id))
        expect(sha256Of(new Uint8Array(await download.arrayBuffer()))).toBe(sha256Of(...parts))
        await rm(filler)
        expect((await putPart(full.api, await createImage(full.api, 'after'), 1, bytesOf(1000))).status).toBe(200)
      } finally {
        await full.stop()
      }
    } finally {
      execFileSync('umount', ['--lazy', mountPoint])
    }
  })
})
