export {
  announceable,
  type Capability,
  type CaseDefinition,
  type ConformanceCase,
  defineCase,
  type Need,
  type Safety,
  safeties,
  type Tag,
  tags,
} from './case.ts'
export { conformanceCases } from './cases/index.ts'
export type { CaseContext } from './run/case-context.ts'
export type { CaseResult, FailureKind } from './run/case-result.ts'
export type { CleanupReport } from './run/ledger.ts'
export { type ConformanceOptions, type ConformanceReport, runConformance } from './run/run-conformance.ts'
export { UnknownSelectionError } from './run/select-cases.ts'
export { UnusableServerError } from './run/server-facts.ts'
export { openSession, type Session, type SessionOptions } from './run/session.ts'
