import { it } from 'vitest'
import { expectConformance } from '../conformance-kit.ts'
import { startFrontDoor } from './front-door.ts'

it.each(['relay', 'direct'] as const)(
  'in front of a server of the public API, %s, the contract holds',
  { timeout: 300_000 },
  async (bytes) => {
    const cache = bytes === 'relay' ? { cacheBytes: 1024 ** 3 } : {}
    const { server, stop } = await startFrontDoor({ upstreamBytes: bytes, upstreamTimeoutMs: 30_000, ...cache })
    try {
      await expectConformance(server)
    } finally {
      await stop()
    }
  },
)
