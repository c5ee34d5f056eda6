// The service's own suites, in front of the strict double of the public API.
import { describe } from 'vitest'

Object.assign(process.env, { SLIPWAY_TEST_MODE: 'relay', SLIPWAY_TEST_UPSTREAM: 'double' })

describe('images-api', async () => {
  await import('../images-api.test.ts')
})
describe('life-cycle', async () => {
  await import('../life-cycle.test.ts')
})
describe('download', async () => {
  await import('../files/download.test.ts')
})
describe('byte-routes', async () => {
  await import('../files/byte-routes.test.ts')
})
describe('concurrency', async () => {
  await import('../concurrency.test.ts')
})
