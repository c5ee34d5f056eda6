import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessFaultKind } from '../plan/process-fault.ts'
import { createAdminToken } from './admin-token.ts'
import { createDataDisk } from './data-disk.ts'
import { processResources } from './process-resources.ts'
import { createReadOnlyFolder } from './read-only-folder.ts'
import { createServerProcess } from './server-process.ts'
import type { StartSystem } from './system.ts'

/** One server with SQLite and plain files, on a small disk of its own. */
export const startLocalSystem: StartSystem = async (options) => {
  const { directory, publicUrl, env } = options
  const disk = await createDataDisk(directory)
  const blobsDirectory = join(disk.directory, 'blobs')
  const blobs = await createReadOnlyFolder(blobsDirectory)
  const processFaults = new Set<ProcessFaultKind>(['kill-server', 'pause-server', 'restart-server', 'read-only-disk'])
  if (disk.cannotFill === undefined) processFaults.add('fill-disk')

  const release = async () => {
    await blobs.release()
    await disk.release()
  }
  try {
    // Deleted images free their room at once: what a run stores stays bounded.
    const args = ['--data', disk.directory, '--public-url', publicUrl, '--purge-grace-days', '0', '--log-level', 'info']
    const server = createServerProcess({ ...options, args })
    const token = await createAdminToken({ dataDirectory: disk.directory, env })
    await server.start()

    return {
      mode: 'local',
      processFaults,
      leftOut: disk.cannotFill === undefined ? [] : [disk.cannotFill],
      token,
      secrets: [],
      // Its disk is full, or cannot be used.
      failures: new Set([503, 507]),
      verifiesAfterCompletion: false,
      url: server.url,
      async suffer(fault) {
        switch (fault.kind) {
          case 'kill-server':
            await server.kill()
            await sleep(fault.downMs)
            return await server.start()
          case 'pause-server':
            server.pause()
            await sleep(fault.pausedMs)
            return server.resume()
          case 'restart-server':
            await server.terminate()
            return await server.start()
          case 'fill-disk':
            await disk.fill(fault.leftBytes)
            await sleep(fault.fullMs)
            return await disk.empty()
          case 'read-only-disk':
            if (!(await blobs.forbidWrites())) return
            await sleep(fault.readOnlyMs)
            return await blobs.allowWrites()
          case 'restart-database':
            throw new Error('SQLite is part of the server')
        }
      },
      async heal() {
        server.resume()
        await disk.empty()
        await blobs.allowWrites()
        await server.start()
      },
      async restart() {
        await server.terminate()
        await server.start()
      },
      async resources() {
        const pid = server.pid()
        return pid === undefined ? undefined : await processResources(pid)
      },
      leftovers: () => temporaryFilesIn(blobsDirectory),
      complaints: async () => [],
      async stop() {
        await server.kill()
        await release()
      },
    }
  } catch (error) {
    await release()
    throw error
  }
}

const maxListings = 100

/** A folder that is listed may be removed before it is read: the server is still at work. */
async function temporaryFilesIn(directory: string): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.tmp'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === maxListings) throw error
    }
  }
}
