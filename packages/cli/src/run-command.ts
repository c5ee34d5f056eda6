import type { CommandContext } from './command.ts'
import { journalDirectory, loadConfig, requireToken } from './config.ts'
import type { Host } from './host.ts'
import type { Interruption } from './interruption.ts'
import { once } from './once.ts'
import type { Output } from './output.ts'
import { packageVersion } from './package-version.ts'
import type { CommandLine } from './parse-command-line.ts'
import { createRequestLog } from './request-log.ts'
import type { StreamGuard } from './stream-guard.ts'

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
  const flags = { apiUrl: options['api-url'] as string | undefined, token: options.token as string | undefined }
  const config = once(() => loadConfig({ flags, env: host.env, homeDirectory: host.homeDirectory }))
  const connect = once(async () => {
    const settings = await config()
    const token = requireToken(settings)
    const sdk = await host.loadSdk()
    const client = sdk.createClient({
      apiUrl: settings.apiUrl.value,
      token,
      userAgent: `slipway-cli/${packageVersion}`,
      onRequest: createRequestLog({
        output,
        apiUrl: settings.apiUrl.value,
        isVerbose: options.debug === true,
        isSilent: options.quiet === true || options.json === true,
      }),
    })
    return { client, sdk, close: () => client.close() }
  })
  const context: CommandContext = {
    output,
    signal: AbortSignal.any([interruption.signal, guard.signal]),
    now: host.now,
    debug: options.debug === true,
    journalDirectory: journalDirectory(host.env, host.homeDirectory),
    loadConfig: config,
    connect,
  }
  const { run } = await command.load()
  try {
    await run({ positionals, options }, context)
  } finally {
    await connect.started()?.then(
      ({ close }) => close(),
      // What kept it from connecting was thrown to the command already.
      () => undefined,
    )
  }
}
