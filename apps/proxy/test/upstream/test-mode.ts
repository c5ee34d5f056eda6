export interface TestMode {
  readonly mode: 'local' | 'direct' | 'relay'
  readonly kind: 'slipway' | 'double'
  /** Metadata and bytes are this server's own, rather than an upstream's. */
  readonly holdsImages: boolean
}

/**
 * `SLIPWAY_TEST_MODE=direct|relay` puts every server of the suite in front of another one, which is a second Slipway or, with
 * `SLIPWAY_TEST_UPSTREAM=double`, a strict double of the public API.
 */
export function testMode(): TestMode {
  const { SLIPWAY_TEST_MODE: mode = 'local', SLIPWAY_TEST_UPSTREAM: kind = 'slipway' } = process.env
  const isMode = mode === 'local' || mode === 'direct' || mode === 'relay'
  if (!isMode || (kind !== 'slipway' && kind !== 'double'))
    throw new Error(`${mode} and ${kind} are no mode of the suite`)
  return { mode, kind, holdsImages: mode === 'local' }
}
