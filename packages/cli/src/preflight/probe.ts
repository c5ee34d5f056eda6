import type { ProbeResult } from '../host.ts'

/** The `Date` header has whole seconds: its middle is the best guess. */
const halfSecondMs = 500

/** Asks a server for anything, without a token, to see whether it is there and what time it has. */
export async function probe(apiUrl: string, signal: AbortSignal): Promise<ProbeResult> {
  const startedAtMs = performance.now()
  const answer = await fetch(`${apiUrl}/v2/capabilities`, { signal, redirect: 'manual' })
  const roundTripMs = performance.now() - startedAtMs
  await answer.body?.cancel()
  const date = Date.parse(answer.headers.get('date') ?? '')
  const { status } = answer
  return { status, roundTripMs, ...(!Number.isNaN(date) && { serverTimeMs: date + halfSecondMs }) }
}
