import { forgetRelayedImage, listIdleRelayedImages, listRelayedParts } from '../../metadata/relayed-parts.ts'
import type { RelayContext } from './relay-context.ts'

const batchSize = 100

/** An upload that got no part for so long is over on the upstream, or will start anew: its copies go. */
export async function removeIdleRelays(
  { db, spool, now, gate }: RelayContext,
  { idleMs }: { idleMs: number },
): Promise<number> {
  const imageIds = await listIdleRelayedImages(db, { idleSinceMs: now() - idleMs, limit: batchSize })
  for (const imageId of imageIds) {
    await gate.exclusive(imageId, async () => {
      const rows = await listRelayedParts(db, imageId)
      for (const { blob_key } of rows) if (blob_key !== null) await spool?.remove(blob_key)
      await spool?.forget(imageId)
      await forgetRelayedImage(db, imageId)
    })
  }
  return imageIds.length
}
