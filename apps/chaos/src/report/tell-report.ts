import type { PlannedEvent } from '../plan/plan.ts'
import type { ChaosReport } from '../run/run-chaos.ts'

/** The run in words, for people. */
export function tellReport(report: ChaosReport, evidenceDirectory: string | undefined): string {
  const { seed, mode, violations, faults, clients, acknowledged, settled, looks, leftOut, durationMs } = report
  const lines = [
    `seed ${seed}, mode ${mode}, ${Math.round(durationMs / 1000)} s: ${tellOutcome(violations.length)}`,
    '',
    `  requests      ${acknowledged.requests}, of them acknowledged parts ${acknowledged.parts}`,
    `  images        ${acknowledged.completions} completed, ${acknowledged.deletions} deleted, looked at ${looks} times under way`,
    `  settled       ${settled?.finishedUploads ?? 0} uploads finished, ${settled?.abortedUploads ?? 0} discarded, ` +
      `${settled?.verifiedImages ?? 0} images downloaded and compared`,
    `  server        ${tellResources(report)}`,
    `  faults        ${tellCounts(faults)}`,
    `  clients       ${tellCounts(clients)}`,
    ...leftOut.map((reason) => `  left out      ${reason}`),
  ]
  for (const { check, message, atMs } of violations) {
    lines.push('', `VIOLATION at ${atMs} ms: ${check}`, `  ${message}`, '  the plan around it:')
    lines.push(...eventsAround(report.plan.events, atMs).map((event) => `    ${JSON.stringify(event)}`))
  }
  if (violations.length > 0) lines.push('', `replay: npx -y pnpm@12 chaos ${replayArguments(report)}`)
  if (evidenceDirectory !== undefined) lines.push(`evidence: ${evidenceDirectory}`)
  return `${lines.join('\n')}\n`
}

/** The run in one line, for machines. The plan is not in it: the seed is. */
export function formatReport({ plan, ...report }: ChaosReport): string {
  const { durationMs: plannedMs, events } = plan
  return JSON.stringify({ ...report, plannedMs, plannedEvents: events.length })
}

function tellOutcome(count: number): string {
  if (count === 0) return 'every promise was kept'
  return count === 1 ? '1 promise was broken' : `${count} promises were broken`
}

function tellResources({ settled }: ChaosReport): string {
  if (!settled?.resources) return 'what it holds is not told by this machine'
  const { openFiles, sockets, residentBytes } = settled.resources
  return `${openFiles} open files, ${sockets} sockets, ${Math.round(residentBytes / 2 ** 20)} MiB after settling`
}

function tellCounts(counts: Readonly<Record<string, number>>): string {
  const told = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
  return told.length === 0 ? 'none' : told.join(', ')
}

const beforeMs = 5_000
const afterMs = 1_000

function eventsAround(events: readonly PlannedEvent[], violationAtMs: number): readonly PlannedEvent[] {
  return events.filter(({ atMs }) => atMs >= violationAtMs - beforeMs && atMs <= violationAtMs + afterMs)
}

/** The plan is a function of all of these. */
function replayArguments({ plan, mode, request }: ChaosReport): string {
  const { maxSizeMib, pace, only } = request
  const kinds = only === undefined ? '' : ` --only ${only.join(',')}`
  const clients = plan.clients.length
  const scale = `--clients ${clients} --max-size ${maxSizeMib} --pace ${pace}`
  return `--minutes ${plan.durationMs / 60_000} --seed ${plan.seed} --mode ${mode} ${scale}${kinds}`
}
