import type { BigIntStats } from 'node:fs'

/** What tells one state of a local file from another, without reading it. */
export interface Fingerprint {
  readonly sizeBytes: number
  /** Nanoseconds since the epoch, as text: JSON has no such integers. */
  readonly mtimeNs: string
  readonly inode: string
  readonly device: string
}

export function fingerprintOf(stats: BigIntStats): Fingerprint {
  return {
    sizeBytes: Number(stats.size),
    mtimeNs: `${stats.mtimeNs}`,
    inode: `${stats.ino}`,
    device: `${stats.dev}`,
  }
}

export function isSameFingerprint(a: Fingerprint, b: Fingerprint): boolean {
  return a.sizeBytes === b.sizeBytes && a.mtimeNs === b.mtimeNs && a.inode === b.inode && a.device === b.device
}
