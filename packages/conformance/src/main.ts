import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { conformanceCases } from './cases/index.ts'
import { type CommandLine, helpText, parseCommandLine, UsageError } from './command-line.ts'
import { processEnvironment } from './config.ts'
import { redact } from './redact.ts'
import { listCases } from './report/case-list.ts'
import { jsonReport } from './report/json-report.ts'
import { junitReport } from './report/junit-report.ts'
import { progressLine } from './report/progress-line.ts'
import { summarize } from './report/summary.ts'
import { textReport } from './report/text-report.ts'
import { runConformance } from './run/run-conformance.ts'
import { selectCases, UnknownSelectionError } from './run/select-cases.ts'
import { UnusableServerError } from './run/server-facts.ts'
import { listenForStop } from './stop-signals.ts'

export interface Host {
  readonly env: NodeJS.ProcessEnv
  readonly stdout: { write(text: string): unknown; readonly columns?: number }
  readonly stderr: { write(text: string): unknown }
}

const exitCodes = { ok: 0, failures: 1, unusable: 2, stopped: 130 } as const

/**
 * Runs one command line.
 * @param argv the words after `slipway-conformance`
 * @returns what to exit with; nothing is thrown
 */
export async function main(argv: readonly string[], options: Partial<Host> = {}): Promise<number> {
  const host: Host = { env: processEnvironment(), stdout: process.stdout, stderr: process.stderr, ...options }
  try {
    if (argv.includes('--help') || argv.includes('-h')) {
      host.stdout.write(await helpText(Math.min(host.stdout.columns ?? 80, 120)))
      return exitCodes.ok
    }
    if (argv.includes('--version')) {
      host.stdout.write(`${packageVersion()}\n`)
      return exitCodes.ok
    }
    return await runLine(await parseCommandLine(argv, host.env), host)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    host.stderr.write(`error: ${redact(message, [])}\n`)
    return exitCodes.unusable
  }
}

async function runLine(line: CommandLine, host: Host): Promise<number> {
  const { url, token, list, only, json, quiet, junit } = line
  if (list) {
    host.stdout.write(listCases(selectCases(conformanceCases, only)))
    return exitCodes.ok
  }
  if (url === undefined) throw new UsageError('say where the server is: --url or SLIPWAY_API_URL')
  if (token === undefined) throw new UsageError('a token is needed: --token or SLIPWAY_TOKEN')
  // Found out before an hour of cases, not after it.
  if (junit !== undefined) await writeFile(junit, '')
  const stop = listenForStop(host.stderr)
  try {
    const report = await runConformance({
      ...line,
      url,
      token,
      signal: stop.signal,
      onResult: (result) => {
        if (!quiet && !json) host.stdout.write(`${progressLine(result)}\n`)
      },
    })
    if (junit !== undefined) await writeFile(junit, junitReport(report))
    host.stdout.write(json ? jsonReport(report) : `${quiet ? '' : '\n'}${textReport(report)}`)
    if (report.isInterrupted) return exitCodes.stopped
    return summarize(report.results).failed > 0 ? exitCodes.failures : exitCodes.ok
  } catch (error) {
    if (stop.signal.aborted) return exitCodes.stopped
    const isExpected = error instanceof UnusableServerError || error instanceof UnknownSelectionError
    if (isExpected) throw new UsageError(redact(error.message, [token]))
    throw error
  } finally {
    stop.dispose()
  }
}

function packageVersion(): string {
  return (createRequire(import.meta.url)('../package.json') as { version: string }).version
}
