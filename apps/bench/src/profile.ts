/** How much is measured. Sizes in bytes, times in milliseconds. */
export interface Profile {
  /** Counted runs of each contender. */
  readonly runCount: number
  /** The file that clients move to and from a server that does nothing. */
  readonly transferBytes: number
  /** The file that whole services store and give back. */
  readonly serviceBytes: number
  readonly partBytes: number
  /** Parts that move at the same time. */
  readonly partCount: number
  /** How long small requests are measured in each run. */
  readonly pingMs: number
  readonly memoryFileBytes: readonly number[]
  readonly imageCounts: readonly number[]
  readonly partRowCounts: readonly number[]
  readonly clientCounts: readonly number[]
  /** What all clients move together, whatever their number. */
  readonly clientBytes: number
}

const mib = 2 ** 20
const gib = 2 ** 30

/** About 20 minutes on two cores. */
export const fullProfile: Profile = {
  runCount: 5,
  transferBytes: gib,
  serviceBytes: 512 * mib,
  partBytes: 64 * mib,
  partCount: 4,
  pingMs: 1000,
  memoryFileBytes: [gib, 4 * gib, 16 * gib, 64 * gib],
  imageCounts: [1, 10, 100, 1000, 10_000],
  partRowCounts: [100, 1000, 10_000, 100_000, 1_000_000],
  clientCounts: [1, 2, 4, 8, 16, 32, 64],
  clientBytes: 512 * mib,
}

/** Whether everything still works, in less than three minutes. Its figures mean nothing. */
export const quickProfile: Profile = {
  runCount: 1,
  transferBytes: 64 * mib,
  serviceBytes: 64 * mib,
  partBytes: 8 * mib,
  partCount: 4,
  pingMs: 200,
  memoryFileBytes: [64 * mib, 256 * mib],
  imageCounts: [1, 10, 100],
  partRowCounts: [100, 1000, 10_000],
  clientCounts: [1, 4, 8],
  clientBytes: 64 * mib,
}
