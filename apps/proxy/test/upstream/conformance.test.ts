import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { startFrontDoor } from './front-door.ts'

/** Where `slipway-conformance` is, built: a program of its own, to be run when it is there to run. */
const { SLIPWAY_TEST_CONFORMANCE: command } = process.env

it.runIf(command !== undefined).each(['relay', 'direct'] as const)(
  'in front of a server of the public API, %s, the contract holds',
  { timeout: 300_000 },
  async (bytes) => {
    const cache = bytes === 'relay' ? { cacheBytes: 1024 ** 3 } : {}
    const { server, stop } = await startFrontDoor({ upstreamBytes: bytes, upstreamTimeoutMs: 30_000, ...cache })
    try {
      const env = {
        ...process.env,
        SLIPWAY_API_URL: server.url,
        SLIPWAY_TOKEN: await server.token(),
        SLIPWAY_SECOND_TOKEN: await server.token({ account: 'second' }),
        SLIPWAY_READER_TOKEN: await server.token({ role: 'reader' }),
      }
      const args = [String(command), '--safety', 'destructive', '--quiet']
      const { stdout } = await promisify(execFile)(process.execPath, args, { env })
      expect(stdout).toMatch(/\b0 failed/)
    } finally {
      await stop()
    }
  },
)
