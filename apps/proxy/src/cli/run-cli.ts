import yargs, { type Argv } from 'yargs'
import { ConfigError } from '../config-error.ts'
import { DataDirectoryError } from '../data-directory.ts'
import { version } from '../version.ts'
import { CliError } from './cli-error.ts'
import type { Command, CommandContext } from './command.ts'
import { archiveCommands, auditCommand, commandGroups, migrateCommand, serveCommand } from './commands.ts'

export interface RunCliOptions {
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly stdout?: NodeJS.WritableStream
  readonly stderr?: NodeJS.WritableStream
}

const usageExitCode = 2

/** Runs the command line and sets the process's exit code. Whatever goes wrong is one line on stderr. */
export async function runCli({
  args,
  env,
  stdout = process.stdout,
  stderr = process.stderr,
}: RunCliOptions): Promise<void> {
  const context: CommandContext = { env, stdout }
  const parser = yargs()
    .scriptName('slipway-proxy')
    .usage('Usage: $0 <command>\n\nA self-hosted server of the Images API.')
    .strict()
    .exitProcess(false)
    .version(version)
    .alias({ help: 'h' })
    .demandCommand(
      1,
      'say what to do: serve, token, keys, config, storage, scrub, export, backup, migrate-to or audit; --help tells more',
    )
    .fail((message, error) => {
      throw error ?? new CliError(message, { exitCode: usageExitCode })
    })
  for (const command of [serveCommand, ...archiveCommands, migrateCommand, auditCommand]) add(parser, command, context)
  for (const [name, summary, commands] of commandGroups) {
    const names = commands.map(({ usage }) => usage.split(' ', 1)[0]).join(', ')
    parser.command(name, summary, (group) => {
      for (const command of commands) add(group, command, context)
      return group.demandCommand(1, `say what to do with ${name}: ${names}; --help tells more`)
    })
  }

  try {
    await parser.parseAsync([...args])
  } catch (error) {
    const { message, exitCode } = describe(error)
    stderr.write(`slipway-proxy: ${message}\n`)
    process.exitCode = exitCode
  }
}

function add(parser: Argv, { usage, summary, options, load }: Command, context: CommandContext): void {
  parser.command(
    usage,
    summary,
    (command) => command.options(options),
    async (args) => {
      const run = await load()
      await run(assertSingleValues(args, options), context)
    },
  )
}

/** yargs collects a repeated option into an array, which no option here takes. */
function assertSingleValues(args: Record<string, unknown>, options: Command['options']): Record<string, unknown> {
  for (const name of Object.keys(options)) {
    if (Array.isArray(args[name])) {
      throw new CliError(`--${name} can be given once only`, { exitCode: usageExitCode })
    }
  }
  return args
}

function describe(error: unknown): { message: string; exitCode: number } {
  const message = error instanceof Error ? error.message : String(error)
  const oneLine = message.replace(/\s*\n\s*/g, ' ')
  if (error instanceof CliError) return { message: oneLine, exitCode: error.exitCode }
  if (error instanceof ConfigError) return { message: oneLine, exitCode: usageExitCode }
  if (error instanceof DataDirectoryError) return { message: oneLine, exitCode: 1 }
  return { message: oneLine, exitCode: 1 }
}
