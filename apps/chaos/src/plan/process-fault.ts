/** What can happen to a server, its machine or its database. Not every system can have each. */
export type ProcessFault =
  /** `kill -9`, then a start after a while. */
  | { readonly kind: 'kill-server'; readonly downMs: number; readonly replica: number }
  /** SIGSTOP, then SIGCONT. */
  | { readonly kind: 'pause-server'; readonly pausedMs: number; readonly replica: number }
  /** SIGTERM and a new start, as an upgrade does it. */
  | { readonly kind: 'restart-server'; readonly replica: number }
  | { readonly kind: 'fill-disk'; readonly fullMs: number; readonly leftBytes: number }
  | { readonly kind: 'read-only-disk'; readonly readOnlyMs: number }
  | { readonly kind: 'restart-database'; readonly downMs: number }

export type ProcessFaultKind = ProcessFault['kind']

export const processFaultKinds: readonly [ProcessFaultKind, ...ProcessFaultKind[]] = [
  'kill-server',
  'pause-server',
  'restart-server',
  'fill-disk',
  'read-only-disk',
  'restart-database',
]
