import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAdminToken } from './admin-token.ts'
import { startLocalSystem } from './local-system.ts'
import { processResources } from './process-resources.ts'
import { createServerProcess } from './server-process.ts'
import type { StartSystem } from './system.ts'

/** Short, so that a run meets the server's own ways out of an upstream that does not answer. */
const upstreamTimeoutSeconds = 5

/**
 * A server in front of another one, with faults between the two as well. Odd replicas of the plan are the one in front,
 * even ones the one behind, and the disk is the latter's.
 * @param bytes `direct`: clients send bytes to the upstream themselves; `relay`: through the server in front
 */
export function startUpstreamSystem(bytes: 'direct' | 'relay'): StartSystem {
  return async (options) => {
    const { directory, publicUrl, env } = options
    const link = await options.startLink({ parts: bytes === 'direct' ? 'promised' : 'attempted' })
    const upstreamDirectory = join(directory, 'upstream')
    await mkdir(upstreamDirectory)
    const upstream = await startLocalSystem({
      ...options,
      directory: upstreamDirectory,
      publicUrl: link.url,
      onUrl: link.aim,
    })
    try {
      const dataDirectory = join(directory, 'front')
      const front = createServerProcess({
        ...options,
        env: { ...env, SLIPWAY_UPSTREAM_TOKEN: upstream.token },
        args: [
          ...['--data', dataDirectory, '--public-url', publicUrl, '--log-level', 'info'],
          ...['--upstream-url', link.url, '--upstream-bytes', bytes, '--upstream-allow-private', 'on'],
          ...['--upstream-storage-hosts', '127.0.0.1', '--upstream-timeout', String(upstreamTimeoutSeconds)],
        ],
      })
      const token = await createAdminToken({ dataDirectory, env })
      await front.start()

      return {
        mode: `upstream-${bytes}`,
        processFaults: upstream.processFaults,
        leftOut: upstream.leftOut,
        token,
        secrets: [upstream.token],
        // What is behind it may be away, or take too long.
        failures: new Set([502, 503, 504, 507]),
        verifiesAfterCompletion: upstream.verifiesAfterCompletion,
        url: front.url,
        async suffer(fault) {
          if (!('replica' in fault) || fault.replica % 2 === 0) return await upstream.suffer(fault)
          if (fault.kind === 'pause-server') {
            front.pause()
            await sleep(fault.pausedMs)
            return front.resume()
          }
          if (fault.kind === 'kill-server') {
            await front.kill()
            await sleep(fault.downMs)
          } else await front.terminate()
          await front.start()
        },
        async heal() {
          await upstream.heal()
          front.resume()
          await front.start()
        },
        async restart() {
          await front.terminate()
          await upstream.restart()
          await front.start()
        },
        async resources() {
          const pid = front.pid()
          return pid === undefined ? undefined : await processResources(pid)
        },
        leftovers: upstream.leftovers,
        complaints: upstream.complaints,
        async stop() {
          await front.kill()
          await upstream.stop()
        },
      }
    } catch (error) {
      await upstream.stop()
      throw error
    }
  }
}
