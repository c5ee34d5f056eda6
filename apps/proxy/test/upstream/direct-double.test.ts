// The service's own suites, in front of the strict double of the public API.
import { describe } from 'vitest'

Object.assign(process.env, { SLIPWAY_TEST_MODE: 'direct', SLIPWAY_TEST_UPSTREAM: 'double' })

describe('life-cycle', async () => {
  await import('../life-cycle.test.ts')
})
