import { findSecrets } from '../checks/find-secrets.ts'
import type { ClientRun } from './run-client.ts'

export interface Complaint {
  readonly check: string
  readonly message: string
}

const stackLine = /^\s+at .+:\d+:\d+\)?$/m
/** The command's "anything else", which is also the SDK process's code for a failure that is not the SDK's own. */
const unforeseenExitCode = 1

/** What no process of a client may do, whatever the network does. */
export function judgeRun(what: string, run: ClientRun, secrets: readonly string[]): Complaint[] {
  const complaints: Complaint[] = []
  for (const [name, text] of [
    ['stdout', run.stdout],
    ['stderr', run.stderr],
  ] as const) {
    for (const secret of findSecrets(text, secrets)) {
      complaints.push({ check: 'no secret in any output', message: `${what} shows ${secret} on ${name}` })
    }
  }
  const said = run.stderr.trim().slice(-600)
  if (stackLine.test(run.stderr)) complaints.push({ check: 'no stack trace', message: `${what}: ${said}` })
  if (run.hung) complaints.push({ check: 'no client hangs', message: `${what} did not end by itself: ${said}` })
  else if (run.exitCode === unforeseenExitCode) {
    complaints.push({ check: 'every failure is foreseen', message: `${what} ended with code 1: ${said}` })
  } else if (run.exitCode === null && !run.wasInterrupted) {
    complaints.push({ check: 'no client dies', message: `${what} was ended by a signal that nobody sent: ${said}` })
  }
  return complaints
}
