// The service's own suites, in front of a second Slipway.
import { describe } from 'vitest'

Object.assign(process.env, { SLIPWAY_TEST_MODE: 'direct', SLIPWAY_TEST_UPSTREAM: 'slipway' })

describe('images-api', async () => {
  await import('../images-api.test.ts')
})
describe('life-cycle', async () => {
  await import('../life-cycle.test.ts')
})
describe('download', async () => {
  await import('../files/download.test.ts')
})
describe('concurrency', async () => {
  await import('../concurrency.test.ts')
})
