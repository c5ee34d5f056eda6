import { limits, type WireCapabilities } from '@slipway/core'
import { version } from '../version.ts'
import type { UpstreamFeatures } from './images/upstream-features.ts'

export interface UpstreamCapabilitiesOptions {
  readonly features: UpstreamFeatures
  readonly bytes: 'direct' | 'relay'
  /** Relayed parts are kept until completion, to verify the digest. */
  readonly isVerifying: boolean
}

/** What clients of this server can count on, given what the upstream has. */
export async function upstreamCapabilities(options: UpstreamCapabilitiesOptions): Promise<WireCapabilities> {
  const { features, bytes, isVerifying } = options
  const theirs = await features.get()
  const isRelay = bytes === 'relay'
  return {
    object: 'capabilities',
    server: `slipway-proxy/${version}`,
    list_parts: isRelay || theirs?.list_parts === true,
    part_sha256: isRelay || theirs?.part_sha256 === true,
    part_content_length: isRelay || theirs?.part_content_length === true,
    // A creation whose answer got lost behind this server is found again only there.
    idempotency_key: theirs?.idempotency_key === true,
    verifies_sha256: theirs?.verifies_sha256 === true || (isRelay && isVerifying),
    limits: theirs?.limits ?? {
      max_image_size: limits.maxImageSizeBytes,
      min_part_size: limits.minPartSizeBytes,
      max_part_size: limits.maxPartSizeBytes,
      max_parts: limits.maxPartCount,
    },
  }
}
