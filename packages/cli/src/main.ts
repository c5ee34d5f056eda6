import { completeWord, printCompletions } from './completion/print-completions.ts'
import { displaySettings } from './display-settings.ts'
import { exitCodes } from './exit-codes.ts'
import { createHost, type Host } from './host.ts'
import { listenForInterruption } from './interruption.ts'
import { createOutput } from './output.ts'
import { packageVersion } from './package-version.ts'
import { parseCommandLine } from './parse-command-line.ts'
import { reportError } from './report-error.ts'
import { runCommand } from './run-command.ts'
import { guardStreams } from './stream-guard.ts'

/**
 * Runs one command line.
 * @param argv the words after `slipway`
 * @returns what to exit with; nothing is thrown
 */
export async function main(argv: readonly string[], options: Partial<Host> = {}): Promise<number> {
  const host = createHost(options)
  const output = createOutput({ stdout: host.stdout, stderr: host.stderr, display: displaySettings(host.env) })
  const interruption = listenForInterruption(host)
  const guard = guardStreams(host)
  // Before the command line is understood: its own mistakes are reported in the form that was asked for.
  if (wordsBeforeDashes(argv).includes('--json')) output.speakJson()
  try {
    if (argv[0] === completeWord) {
      await printCompletions(argv.slice(argv[1] === '--' ? 2 : 1), host, output)
      await guard.flush()
      return exitCodes.ok
    }
    const line = await parseCommandLine(argv, { version: packageVersion, columns: output.out.columns() })
    if (line.kind === 'text') output.data(line.text)
    else await runCommand(line, { host, output, interruption, guard })
    await guard.flush()
    return exitCodes.ok
  } catch (error) {
    if (guard.hasLeft()) return interruption.exitCode() ?? exitCodes.ok
    return reportError(error, { output, interruption, wantsStack: wordsBeforeDashes(argv).includes('--debug') })
  } finally {
    interruption.stop()
  }
}

function wordsBeforeDashes(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  return end === -1 ? argv : argv.slice(0, end)
}
