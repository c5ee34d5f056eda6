import { afterAll, beforeAll, describe, test } from 'vitest'
import { conformanceCases } from './cases/index.ts'
import { selectCases } from './run/select-cases.ts'
import { defaultTimeoutMs, openSession, type Session, type SessionOptions } from './run/session.ts'

export interface DescribeConformanceOptions {
  /** Tags or ids of cases. Default: all. */
  readonly only?: readonly string[]
  /** For each case. Default: 60 000. */
  readonly timeoutMs?: number
  /** Says where the server is; called once, before the first case, so that it may start the server. */
  readonly connect: () => Promise<SessionOptions> | SessionOptions
}

const cleanupTimeoutMs = 120_000

/**
 * Registers every case as a vitest test. What does not apply to the server is skipped with its reason; what the cases
 * created is deleted afterwards.
 */
export function describeConformance(
  title: string,
  { only, connect, timeoutMs = defaultTimeoutMs }: DescribeConformanceOptions,
): void {
  describe(title, () => {
    let session: Session | undefined
    beforeAll(async () => {
      session = await openSession({ timeoutMs, ...(await connect()) })
    }, timeoutMs)
    afterAll(async () => {
      await session?.close()
    }, cleanupTimeoutMs)

    for (const conformanceCase of selectCases(conformanceCases, only)) {
      // The kit's own deadline comes first: it says more than the runner's.
      test(`${conformanceCase.id}: ${conformanceCase.title}`, { timeout: timeoutMs + 5000 }, async (context) => {
        const result = await session?.run(conformanceCase)
        if (result?.outcome === 'not-run') context.skip(result.reason)
        if (result?.outcome === 'failed') throw new Error(`${result.message}\ncontract: ${conformanceCase.sentence}`)
      })
    }
  })
}
