import type { Token } from '@slipway/sdk'
import type { CommandContext } from '../command.ts'
import { formatRecord } from '../format/record.ts'
import { tokenToJson } from './show-token.ts'
import { expandWorkspace } from './workspace-ref.ts'

interface TokensCreateArguments {
  readonly positionals: readonly string[]
  readonly options: {
    readonly role: string | undefined
    readonly workspace: string | undefined
    readonly 'expires-in': number | undefined
    readonly json: boolean
    readonly quiet: boolean
  }
}

export async function run(
  { positionals: [name = ''], options }: TokensCreateArguments,
  { output, signal, connect }: CommandContext,
): Promise<void> {
  const { client } = await connect()
  const { workspace } = options
  const created = await client.tokens.create({
    name,
    role: (options.role ?? 'uploader') as Token['role'],
    workspace: workspace && (await expandWorkspace(workspace, client, signal)),
    expiresInDays: options['expires-in'],
    signal,
  })
  const { id, role, expiresAt, token } = created
  if (options.json) output.json({ ...tokenToJson(created), token })
  else if (options.quiet) output.data(token)
  else {
    output.data(
      formatRecord([
        ['id', id],
        ['name', created.name],
        ['role', role],
        ['expires', expiresAt?.toISOString() ?? 'never'],
        ['token', token],
      ]),
    )
    output.talk('The token is shown this once: keep it now.')
  }
}
