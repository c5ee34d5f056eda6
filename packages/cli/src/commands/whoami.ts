import type { CommandContext } from '../command.ts'
import { formatRecord } from '../format/record.ts'

interface WhoamiArguments {
  readonly options: { readonly json: boolean }
}

export async function run({ options }: WhoamiArguments, context: CommandContext): Promise<void> {
  const { output, signal, loadConfig, connect, isVerbose } = context
  const { apiUrl, token, profile, filePath, warning } = await loadConfig()
  // Before the request: when that fails, this is what the user wants to see.
  if (isVerbose && !options.json) {
    const sources: readonly [string, string][] = [
      ['API URL', `${apiUrl.value} (from ${apiUrl.source})`],
      ['token', token ? `from ${token.source}` : 'none'],
      ['profile', profile],
      ['config file', filePath],
    ]
    output.talk(formatRecord(sources))
    if (warning !== undefined) output.warn(warning)
  }
  const { client } = await connect()
  const { id, role, isFrozen } = await client.account.get({ signal })
  if (options.json) {
    const sources = isVerbose ? { apiUrlSource: apiUrl.source, tokenSource: token?.source ?? null, profile } : {}
    output.json({ account: id, role, isFrozen, apiUrl: apiUrl.value, ...sources })
    return
  }
  const account: readonly [string, string | undefined][] = [
    ['account', id],
    ['role', role],
    ['frozen', isFrozen ? 'yes: writes are refused' : undefined],
    ['API URL', isVerbose ? undefined : apiUrl.value],
  ]
  output.data(formatRecord(account, isVerbose ? 'config file'.length : 0))
}
