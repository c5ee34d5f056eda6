import { createPartMap, type PartMap } from './part-map.ts'
import { type PartPlan, partAt } from './part-plan.ts'

/**
 * One upload as its client sees it: a pure reducer over recorded events. The resume journal is this event log; progress
 * is a selector over the state.
 */
export interface TransferState {
  readonly phase: 'idle' | 'sending' | 'paused' | 'completing' | 'completed' | 'failed'
  readonly plan: PartPlan | undefined
  /** Parts that the server acknowledged, with what proves them. */
  readonly confirmed: PartMap<ConfirmedPart>
  /** The sizes of {@link confirmed} added up, kept along so that progress costs nothing. Never decreases. */
  readonly confirmedBytes: number
  /** Parts being sent, with the bytes of the present attempt. */
  readonly inFlight: ReadonlyMap<number, number>
  readonly retryCount: number
  readonly sha256: string | undefined
}

export interface ConfirmedPart {
  readonly etag: string
  /** The digest of the part's bytes as they were sent. */
  readonly sha256?: string | undefined
  /** The CRC-32 of the part's bytes as they were sent: what proves a part where the server tells no digests. */
  readonly crc32?: number | undefined
}

export type TransferEvent =
  | { readonly type: 'planned'; readonly plan: PartPlan }
  | { readonly type: 'part_started'; readonly partNumber: number }
  | { readonly type: 'part_sent'; readonly partNumber: number; readonly sentBytes: number }
  | ({ readonly type: 'part_confirmed'; readonly partNumber: number } & ConfirmedPart)
  | { readonly type: 'part_failed'; readonly partNumber: number }
  | { readonly type: 'paused' }
  | { readonly type: 'resumed' }
  | { readonly type: 'completing'; readonly sha256: string }
  | { readonly type: 'completed'; readonly sha256: string }
  | { readonly type: 'failed' }

type EventOf<Type extends TransferEvent['type']> = Extract<TransferEvent, { type: Type }>

export interface TransferProgress {
  readonly totalBytes: number
  /** Bytes of acknowledged parts. Never decreases while events are applied. */
  readonly confirmedBytes: number
  /** Confirmed bytes and those sent by attempts under way: what a progress bar shows; falls back when an attempt fails. */
  readonly sentBytes: number
  readonly confirmedParts: number
  readonly partCount: number
}

export const initialTransferState: TransferState = {
  phase: 'idle',
  plan: undefined,
  confirmed: createPartMap(),
  confirmedBytes: 0,
  inFlight: new Map(),
  retryCount: 0,
  sha256: undefined,
}

/**
 * Applies one event. An event that does not fit the state (a part outside the plan, a confirmation after completion)
 * leaves it as it was: a journal may repeat its last lines, and that must do no harm.
 */
export function reduceTransfer(state: TransferState, event: TransferEvent): TransferState {
  switch (event.type) {
    case 'planned':
      return state.phase !== 'idle' ? state : { ...state, phase: 'sending', plan: event.plan }
    case 'part_started':
      return state.phase === 'sending' && isMissing(state, event.partNumber)
        ? { ...state, inFlight: new Map(state.inFlight).set(event.partNumber, 0) }
        : state
    case 'part_sent':
      return partSent(state, event)
    case 'part_confirmed':
      return partConfirmed(state, event)
    case 'part_failed':
      return state.inFlight.has(event.partNumber)
        ? { ...state, inFlight: without(state.inFlight, event.partNumber), retryCount: state.retryCount + 1 }
        : state
    case 'paused':
      return state.phase === 'sending' ? { ...state, phase: 'paused', inFlight: new Map() } : state
    case 'resumed':
      return state.phase === 'paused' ? { ...state, phase: 'sending' } : state
    case 'completing':
      return isWholly(state) ? { ...state, phase: 'completing', sha256: event.sha256 } : state
    case 'completed':
      return state.phase === 'completing' && state.sha256 === event.sha256 ? { ...state, phase: 'completed' } : state
    case 'failed':
      return state.phase === 'completed' ? state : { ...state, phase: 'failed', inFlight: new Map() }
  }
}

/** The parts still to be sent, in order. */
export function missingParts(state: TransferState): number[] {
  if (!state.plan) return []
  return Array.from({ length: state.plan.partCount }, (_, index) => index + 1).filter((n) => !state.confirmed.has(n))
}

export function transferProgress({ plan, confirmed, confirmedBytes, inFlight }: TransferState): TransferProgress {
  let sentBytes = confirmedBytes
  for (const bytes of inFlight.values()) sentBytes += bytes
  return {
    totalBytes: plan?.sizeBytes ?? 0,
    confirmedBytes,
    sentBytes,
    confirmedParts: confirmed.size,
    partCount: plan?.partCount ?? 0,
  }
}

function partSent(state: TransferState, { partNumber, sentBytes }: EventOf<'part_sent'>): TransferState {
  if (!state.plan || !state.inFlight.has(partNumber)) return state
  // A body's framing may be counted with its bytes; a part never shows more than it has.
  const bytes = Math.max(0, Math.min(sentBytes, partAt(state.plan, partNumber).sizeBytes))
  return { ...state, inFlight: new Map(state.inFlight).set(partNumber, bytes) }
}

function partConfirmed(state: TransferState, event: EventOf<'part_confirmed'>): TransferState {
  const { partNumber, etag, sha256, crc32 } = event
  // Also while paused: what was under way when the pause began may still be acknowledged, and must not be sent again.
  if (!state.plan || !(state.phase === 'sending' || state.phase === 'paused')) return state
  if (!isMissing(state, partNumber)) return state
  return {
    ...state,
    inFlight: without(state.inFlight, partNumber),
    confirmed: state.confirmed.with(partNumber, { etag, sha256, crc32 }),
    confirmedBytes: state.confirmedBytes + partAt(state.plan, partNumber).sizeBytes,
  }
}

function isMissing({ plan, confirmed }: TransferState, partNumber: number): boolean {
  return (
    plan !== undefined &&
    Number.isInteger(partNumber) &&
    partNumber >= 1 &&
    partNumber <= plan.partCount &&
    !confirmed.has(partNumber)
  )
}

function isWholly({ phase, plan, confirmed }: TransferState): boolean {
  return (phase === 'sending' || phase === 'completing') && plan !== undefined && confirmed.size === plan.partCount
}

function without(parts: ReadonlyMap<number, number>, partNumber: number): ReadonlyMap<number, number> {
  const rest = new Map(parts)
  rest.delete(partNumber)
  return rest
}
