import type { CommandContext } from '../command.ts'
import { formatRecord } from '../format/record.ts'

interface WhoamiArguments {
  readonly options: { readonly json: boolean; readonly verbose: boolean }
}

export async function run({ options }: WhoamiArguments, context: CommandContext): Promise<void> {
  const { output, signal, loadConfig, connect } = context
  const { apiUrl, token, filePath } = await loadConfig()
  // Before the request: when that fails, this is what the user wants to see.
  if (options.verbose && !options.json) {
    const sources: readonly [string, string][] = [
      ['API URL', `${apiUrl.value} (from ${apiUrl.source})`],
      ['token', token ? `from ${token.source}` : 'none'],
      ['config file', filePath],
    ]
    output.talk(formatRecord(sources))
  }
  const { client } = await connect()
  const { id, role, isFrozen } = await client.account.get({ signal })
  if (options.json) {
    const sources = options.verbose ? { apiUrlSource: apiUrl.source, tokenSource: token?.source ?? null } : {}
    output.json({ account: id, role, isFrozen, apiUrl: apiUrl.value, ...sources })
    return
  }
  const account: readonly [string, string | undefined][] = [
    ['account', id],
    ['role', role],
    ['frozen', isFrozen ? 'yes: writes are refused' : undefined],
    ['API URL', options.verbose ? undefined : apiUrl.value],
  ]
  output.data(formatRecord(account, options.verbose ? 'config file'.length : 0))
}
