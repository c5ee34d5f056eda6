import yargs from 'yargs'
import { type Safety, safeties, tags } from './case.ts'
import { defaultTimeoutMs } from './run/session.ts'

/** What the user typed, understood. */
export interface CommandLine {
  readonly url: string | undefined
  readonly token: string | undefined
  readonly secondToken: string | undefined
  readonly readerToken: string | undefined
  readonly only: readonly string[]
  readonly safety: Safety
  readonly workspace: string | undefined
  readonly timeoutMs: number
  readonly concurrency: number
  readonly junit: string | undefined
  readonly json: boolean
  readonly quiet: boolean
  readonly list: boolean
}

/** The command line is wrong; the message is one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const text = { type: 'string', requiresArg: true } as const

function createParser(columns: number) {
  return yargs()
    .scriptName('slipway-conformance')
    .version(false)
    .help(false)
    .usage(
      '$0 --url URL --token TOKEN [options]\n\nPuts the contract of the Images API to a server, sentence by sentence.',
    )
    .option('url', { ...text, describe: 'Where the server is [SLIPWAY_API_URL]' })
    .option('token', { ...text, describe: 'Token of the account to work in; prefer the variable [SLIPWAY_TOKEN]' })
    .option('second-token', { ...text, describe: "Another account's token [SLIPWAY_SECOND_TOKEN]" })
    .option('reader-token', { ...text, describe: 'Token that may only read [SLIPWAY_READER_TOKEN]' })
    .option('safety', {
      choices: safeties,
      requiresArg: true,
      default: 'creates' as const,
      describe: 'The most that may be done to the account',
    })
    .option('only', { ...text, describe: `Tags or ids of cases, with commas; tags: ${tags.join(', ')}` })
    .option('workspace', { ...text, describe: "Where to create images: id or path [the account's default]" })
    .option('timeout', { ...text, default: String(defaultTimeoutMs / 1000), describe: 'Seconds for each case' })
    .option('concurrency', { ...text, default: '4', describe: 'Cases at a time' })
    .option('junit', { ...text, describe: 'Write a JUnit XML report to this file' })
    .option('json', { type: 'boolean', default: false, describe: 'Print the report as JSON' })
    .option('quiet', { type: 'boolean', default: false, describe: 'Print no line for each case' })
    .option('list', { type: 'boolean', default: false, describe: 'List the cases and run none' })
    .epilogue(
      'Exit codes: 0 all that was run passed, 1 a case failed, 2 the command line is wrong or the server cannot be used, 130 stopped.',
    )
    .option('version', { type: 'boolean', describe: 'Print the version' })
    .option('help', { type: 'boolean', alias: 'h', describe: 'Print this' })
    .strict()
    .exitProcess(false)
    .wrap(columns)
    .fail((message, error) => {
      throw error ?? new UsageError(`${message.trim().replace(/\s*\n\s*/g, ' ')}; see --help`)
    })
}

export async function helpText(columns: number): Promise<string> {
  return `${await createParser(columns).getHelp()}\n`
}

/** @throws {UsageError} */
export async function parseCommandLine(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<CommandLine> {
  const parsed = await createParser(80).parseAsync([...argv])
  for (const [name, value] of Object.entries(parsed)) {
    if (Array.isArray(value) && name !== '_') throw new UsageError(`--${name} can be given once only`)
  }
  const nonEmpty = (value: string | undefined) => (value === '' ? undefined : value)
  return {
    url: parseUrl(nonEmpty(parsed.url ?? env.SLIPWAY_API_URL)),
    token: nonEmpty(parsed.token ?? env.SLIPWAY_TOKEN),
    secondToken: nonEmpty(parsed['second-token'] ?? env.SLIPWAY_SECOND_TOKEN),
    readerToken: nonEmpty(parsed['reader-token'] ?? env.SLIPWAY_READER_TOKEN),
    only: (parsed.only ?? '')
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
    safety: parsed.safety,
    workspace: nonEmpty(parsed.workspace),
    timeoutMs: parseNumber('--timeout', parsed.timeout, { max: 86_400, unit: 'seconds' }) * 1000,
    concurrency: parseNumber('--concurrency', parsed.concurrency, { max: 64, unit: 'cases' }),
    junit: nonEmpty(parsed.junit),
    json: parsed.json,
    quiet: parsed.quiet,
    list: parsed.list,
  }
}

function parseUrl(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const isHttp = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
  if (!isHttp) throw new UsageError('--url must be an http or https URL, such as http://127.0.0.1:8080')
  return value
}

function parseNumber(flag: string, value: string, { max, unit }: { max: number; unit: string }): number {
  const number = /^\d{1,6}$/.test(value) ? Number(value) : 0
  if (number >= 1 && number <= max) return number
  throw new UsageError(`${flag} must be a whole number of ${unit} from 1 to ${max}`)
}
