import type { ConformanceCase } from '../case.ts'

/**
 * Why a case failed. `violation`: the server did something else than the contract says. `preparation`: what the case needs
 * could not be brought about. `timeout`: it took longer than a case may. `error`: the kit itself stumbled over an answer.
 */
export type FailureKind = 'violation' | 'preparation' | 'timeout' | 'error'

export type CaseResult = {
  readonly case: ConformanceCase
  readonly durationMs: number
  /** Bytes that were sent by presigned URLs. */
  readonly sentBytes: number
} & (
  | { readonly outcome: 'passed' }
  | { readonly outcome: 'failed'; readonly kind: FailureKind; readonly message: string }
  | { readonly outcome: 'not-run'; readonly reason: string }
)
