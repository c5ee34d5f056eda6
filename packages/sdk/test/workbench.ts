import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Client, type ClientOptions, createClient } from '../src/index.ts'
import { fastClock, patientMs } from './fast-clock.ts'
import { type DoubleOptions, type ImagesApiDouble, startImagesApiDouble } from './images-api-double.ts'

export const MiB = 1024 * 1024

export interface Workbench {
  readonly server: ImagesApiDouble
  readonly client: Client
  readonly folder: string
  /** Writes a file into the folder. @returns its path */
  file(name: string, bytes: Uint8Array): Promise<string>
}

/** A server with scripted faults, a client whose pauses cost nothing, and a folder; all gone when the test is over. */
export async function createWorkbench(
  options: DoubleOptions & { readonly client?: Partial<ClientOptions> } = {},
): Promise<Workbench> {
  const server = await startImagesApiDouble({ now: fastClock.now, ...options })
  const folder = await mkdtemp(join(tmpdir(), 'slipway-sdk-'))
  const client = createClient({
    apiUrl: server.url,
    token: 'sk_live_double',
    clock: fastClock,
    random: () => 0.5,
    timeoutMs: patientMs,
    ...options.client,
  })
  onTestFinished(async () => {
    await client.close()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    server,
    client,
    folder,
    async file(name, bytes) {
      const path = join(folder, name)
      await writeFile(path, bytes)
      return path
    },
  }
}

/** Cheap bytes of which no two blocks are the same. */
export function patternOf(sizeBytes: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(sizeBytes, createHash('sha512').update(`${seed}`).digest())
  for (let position = 0; position + 4 <= sizeBytes; position += 4096) bytes.writeUInt32LE(position + seed, position)
  return bytes
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** What a finished transfer must not leave behind: descriptors of files, worker threads. */
export function openResources(): { files: string[]; workers: number } {
  return {
    files: openFiles(),
    workers: process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length,
  }
}

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').filter((fd) => Number(fd) > 2)
}
