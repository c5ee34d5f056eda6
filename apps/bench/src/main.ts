import { join } from 'node:path'
import { type BenchArguments, parseBenchArguments, UsageError } from './bench-arguments.ts'
import { runScenarios } from './profiling/run-scenarios.ts'
import { runHerd } from './relay/run-herd.ts'
import { runRelay } from './relay/run-relay.ts'
import { runReplicas } from './replicas/run-replicas.ts'
import { updateReadme } from './report/readme-section.ts'
import { mergeWithEarlier, writeResults } from './report/results.ts'
import { renderSummary } from './report/summary.ts'
import { runSuites } from './run-suites.ts'
import { runScale } from './scale/run-scale.ts'
import { suites } from './suites/suites.ts'

interface Task {
  readonly about: string
  /** @returns what to print */
  run(options: BenchArguments): Promise<string>
}

/** What is asked for alone, and is no part of the report. */
const tasks: Readonly<Record<string, Task>> = {
  profile: {
    about: "runs Slipway under Node's CPU profiler and draws flame graphs",
    run: ({ out, ...options }) =>
      runScenarios({ ...options, out: join(out, 'profile'), say, signal: interruption.signal }),
  },
  scale: {
    about: 'what requests cost on a million parts, on SQLite and, with --database-url, on PostgreSQL',
    run: runScale,
  },
  replicas: {
    about: 'small requests a second with 1, 2 and 4 replicas on PostgreSQL, with Ceph too where it is installed',
    run: ({ profile, folder, databaseUrl }) => runReplicas({ profile, folder, databaseUrl, say }),
  },
  relay: {
    about: 'uploads through one slipway-proxy to another, beside direct ones',
    run: ({ profile, folder }) => runRelay({ runCount: profile.runCount, folder, say }),
  },
  herd: {
    about: 'many readers of one image that a proxy in front has to fetch first (needs curl)',
    run: ({ profile, folder, readerCount }) =>
      runHerd({ sizeMib: Math.ceil(profile.transferBytes / 2 ** 20), readerCount, folder }),
  },
}

const usage = `Usage: bench [--quick] [--runs N] [--size-mib N] [--out FOLDER] [--png] [--folder F] [--disk-folder F] [suite...]

${suites.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}

Instead of suites:
${Object.entries(tasks)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join('\n')}
`

/** Servers that were started must not outlive a Ctrl-C; a second one does not wait for them. */
const interruption = new AbortController()
const interruptedExitCode = 130
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => interruption.abort(new Error('interrupted')))
}

try {
  await main()
} catch (error) {
  // What was under way may still be waiting for what is gone by now.
  if (interruption.signal.aborted) process.exit(interruptedExitCode)
  const isUsage = error instanceof UsageError
  process.stderr.write(
    `bench: ${error instanceof Error ? error.message : String(error)}\n${isUsage ? `\n${usage}` : ''}`,
  )
  process.exitCode = isUsage ? 2 : 1
}

async function main(): Promise<void> {
  const { names, out, isPngWanted, ...options } = parseBenchArguments(process.argv.slice(2))
  const task = tasks[names[0] ?? '']
  if (task && names.length === 1) {
    process.stdout.write(await task.run({ ...options, names, out, isPngWanted }))
    return
  }
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name))
  if (unknown.length > 0) throw new UsageError(`there is no suite ${unknown.join(', ')}`)
  const chosen = names.length === 0 ? suites : suites.filter(({ name }) => names.includes(name))
  const fresh = await runSuites({ ...options, suites: chosen, say, signal: interruption.signal })
  const all = await mergeWithEarlier(
    out,
    fresh,
    suites.map(({ name }) => name),
  )
  process.stdout.write(await writeResults(all, { folder: out, isPngWanted }))
  const isSummarised = options.isDocumentation && (await updateReadme('README.md', renderSummary(all)))
  process.stderr.write(`written to ${out}${isSummarised ? ' and README.md' : ''}\n`)
}

/** On a terminal one line that changes; elsewhere only what ends with a line break. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
  else if (text.endsWith('\n')) process.stderr.write(text)
}
