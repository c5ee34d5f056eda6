import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createWorkerDigestService } from './worker-digest-service.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-worker-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

it('refuses what a crashing thread was asked, with 503, and starts another thread', async () => {
  // Crashes on its first question, as often as it is started without the marker file.
  const workerPath = join(directory, 'worker.mjs')
  await writeFile(
    workerPath,
    `import { parentPort } from 'node:worker_threads'
import { existsSync } from 'node:fs'
parentPort.on('message', ({ requestId }) => {
  if (!existsSync(${JSON.stringify(join(directory, 'calm'))})) throw new Error('crash')
  parentPort.postMessage({ requestId, sha256: 'digest' })
})`,
  )
  const crashes: unknown[] = []
  const service = createWorkerDigestService({
    directory,
    onCrash: (error) => crashes.push(error),
    workerUrl: pathToFileURL(workerPath),
  })
  try {
    await expect(service.digestOf('image_a', [])).rejects.toMatchObject({ status: 503, code: 'storage_unavailable' })
    expect(crashes).toHaveLength(1)
    await mkdir(join(directory, 'calm'))
    expect(await service.digestOf('image_a', [])).toBe('digest')
  } finally {
    await service.close()
  }
})
