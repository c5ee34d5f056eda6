import type { CommandContext } from '../command.ts'
import { safeText } from '../format/safe-text.ts'

interface TokensRevokeArguments {
  readonly positionals: readonly string[]
  readonly options: { readonly json: boolean; readonly quiet: boolean }
}

export async function run(
  { positionals: [id = ''], options }: TokensRevokeArguments,
  { output, signal, connect }: CommandContext,
): Promise<void> {
  const { client } = await connect()
  await client.tokens.revoke(id, { signal })
  if (options.json) output.json({ revoked: true, id })
  else if (!options.quiet) output.talk(`Revoked ${safeText(id)}`)
}
