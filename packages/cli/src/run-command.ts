import type { Client } from '@slipway/sdk'
import type { CommandContext, Connection, ConnectSettings } from './command.ts'
import { loadConfig, requireToken } from './config.ts'
import type { Host } from './host.ts'
import type { Interruption } from './interruption.ts'
import { once } from './once.ts'
import type { Output } from './output.ts'
import { packageVersion } from './package-version.ts'
import type { CommandLine } from './parse-command-line.ts'
import { createRequestLog } from './request-log.ts'
import type { StreamGuard } from './stream-guard.ts'
import { journalDirectory } from './user-folders.ts'

/** What a run of a command stands on. */
export interface Run {
  readonly host: Host
  readonly output: Output
  readonly interruption: Interruption
  readonly guard: StreamGuard
}

/** Loads one command's code and runs it; whatever happens, its connections are closed. */
export async function runCommand(
  { command, positionals, options }: Extract<CommandLine, { kind: 'command' }>,
  { host, output, interruption, guard }: Run,
): Promise<void> {
  const isVerbose = options.verbose === true || options.debug === true
  if (options.json === true) output.speakJson()
  const configOptions = {
    flags: {
      apiUrl: options['api-url'] as string | undefined,
      token: options.token as string | undefined,
      profile: options.profile as string | undefined,
    },
    env: host.env,
    homeDirectory: host.homeDirectory,
  }
  const config = once(() => loadConfig(configOptions))
  const clients: Client[] = []
  const open = async ({ apiUrl, token, maxAttempts, timeoutMs }: ConnectSettings): Promise<Connection> => {
    const sdk = await host.loadSdk()
    const client = sdk.createClient({
      apiUrl,
      token,
      maxAttempts,
      timeoutMs,
      userAgent: `slipway-cli/${packageVersion}`,
      onReceived: host.onReceived,
      onRequest: createRequestLog({ output, apiUrl, isVerbose, isSilent: options.quiet === true }),
    })
    clients.push(client)
    return { client, sdk }
  }
  const connectAsConfigured = once(async () => {
    const settings = await config()
    return open({ apiUrl: settings.apiUrl.value, token: requireToken(settings) })
  })
  const context: CommandContext = {
    output,
    signal: AbortSignal.any([interruption.signal, guard.signal]),
    now: host.now,
    stdin: host.stdin,
    stdout: host.stdout,
    probe: host.probe,
    isVerbose,
    journalDirectory: journalDirectory(host.env, host.homeDirectory),
    loadConfig: config,
    configOptions,
    connect: (settings) => (settings ? open(settings) : connectAsConfigured()),
  }
  const { run } = await command.load()
  try {
    await run({ positionals, options }, context)
  } finally {
    for (const client of clients) await client.close()
  }
}
