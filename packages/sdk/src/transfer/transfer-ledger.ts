import {
  initialTransferState,
  type PartPlan,
  reduceTransfer,
  type TransferEvent,
  type TransferState,
  transferProgress,
} from '@slipway/core'
import type { Clock } from '../clock.ts'
import { createSnapshotSeries, type TransferCounters, type TransferSnapshot } from './transfer-snapshot.ts'

/** Where a transfer stands: events go in, progress comes out. */
export interface TransferLedger {
  readonly state: TransferState
  record(event: TransferEvent): void
  /** A stream's end is in sight: its plan, with the same part size, in place of the provisional one. */
  settlePlan(plan: PartPlan): void
  report(when?: { readonly isFinal: boolean }): void
}

export interface TransferLedgerOptions {
  readonly clock: Clock
  readonly plan: PartPlan
  /** False: the plan is provisional, until it is settled. */
  readonly isTotalKnown: boolean
  readonly readCounters: () => Pick<TransferCounters, 'reusedBytes' | 'hashedBytes' | 'concurrency'>
  readonly onProgress: ((progress: TransferSnapshot) => void) | undefined
}

export function createTransferLedger(options: TransferLedgerOptions): TransferLedger {
  const { clock, plan, readCounters, onProgress } = options
  let { isTotalKnown } = options
  let state = reduceTransfer(initialTransferState, { type: 'planned', plan })
  const snapshots = createSnapshotSeries(clock, () => {
    const { totalBytes, confirmedBytes, sentBytes } = transferProgress(state)
    return {
      totalBytes: isTotalKnown ? totalBytes : undefined,
      confirmedBytes,
      sentBytes,
      partsInFlight: state.inFlight.size,
      retryCount: state.retryCount,
      ...readCounters(),
    }
  })

  function report(when?: { readonly isFinal: boolean }): void {
    const progress = onProgress && snapshots.sample(when)
    if (progress) onProgress(progress)
  }

  return {
    get state() {
      return state
    },
    record(event) {
      state = reduceTransfer(state, event)
      report()
    },
    settlePlan(settled) {
      // Only the last part differs, and nothing has been recorded of it yet.
      state = { ...state, plan: settled }
      isTotalKnown = true
    },
    report,
  }
}
