/** One part of an image while its bytes arrive. */
export interface PartTurn {
  /** Tells that so many bytes arrived. @returns how long to leave the socket alone, in milliseconds; 0 to go on */
  delivered(sizeBytes: number): number
  /** True while no part before it is arriving. */
  isFirst(): boolean
  leave(): void
}

export interface PartOrder {
  enter(imageId: string, partNumber: number): PartTurn
}

const batchSizeBytes = 1024 * 1024
/** A part that delivers a MiB in less than this keeps the server busy by itself. */
const fastBatchMs = 10
/** Three quarters of what a saturated server takes then go to the part that is needed first. */
const holdBackMs = 10

interface Arrival {
  readonly partNumber: number
  deliveredAtMs: number
  isFast: boolean
}

/**
 * The digest of an image grows from its first part on. When several parts of it arrive faster than the server can take
 * them, the lowest goes first, so that hashing follows instead of waiting for all of them to end at the same moment.
 * Slow senders are not affected: as long as the lowest part leaves the server idle, all of them flow.
 */
export function createPartOrder({ now }: { now: () => number }): PartOrder {
  const arrivals = new Map<string, Set<Arrival>>()
  return {
    enter(imageId, partNumber) {
      const peers = arrivals.get(imageId) ?? new Set()
      const self: Arrival = { partNumber, deliveredAtMs: now(), isFast: false }
      let batchedBytes = 0
      peers.add(self)
      arrivals.set(imageId, peers)
      return {
        delivered(sizeBytes) {
          batchedBytes += sizeBytes
          if (batchedBytes < batchSizeBytes) return 0
          batchedBytes = 0
          const nowMs = now()
          self.isFast = nowMs - self.deliveredAtMs < fastBatchMs
          self.deliveredAtMs = nowMs
          const mustYield = [...peers].some(
            (peer) => peer.partNumber < partNumber && peer.isFast && nowMs - peer.deliveredAtMs < fastBatchMs,
          )
          return mustYield ? holdBackMs : 0
        },
        isFirst: () => [...peers].every((peer) => peer.partNumber >= partNumber),
        leave() {
          peers.delete(self)
          if (peers.size === 0) arrivals.delete(imageId)
        },
      }
    },
  }
}
