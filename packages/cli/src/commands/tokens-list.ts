import type { Token } from '@slipway/sdk'
import type { CommandContext } from '../command.ts'
import { formatRelativeTime } from '../format/relative-time.ts'
import { safeText } from '../format/safe-text.ts'
import { type Column, formatTable } from '../format/table.ts'
import { tokenStatus, tokenToJson } from './show-token.ts'

interface TokensListArguments {
  readonly options: { readonly json: boolean; readonly quiet: boolean }
}

export async function run({ options }: TokensListArguments, context: CommandContext): Promise<void> {
  const { output, signal, now, connect } = context
  const { client } = await connect()
  const nowMs = now()
  const shown: Token[] = []
  for await (const token of client.tokens.list({ signal })) {
    const { id, name, role } = token
    if (options.json) output.json(tokenToJson(token))
    else if (options.quiet) output.data(id)
    else if (output.out.isTerminal) shown.push(token)
    else output.data([id, name, role, tokenStatus(token, nowMs)].map(safeText).join('\t'))
  }
  if (shown.length === 0) return
  const columns: readonly Column<Token>[] = [
    { title: 'NAME', value: ({ name }) => safeText(name), canShrink: true },
    { title: 'ROLE', value: ({ role }) => role },
    { title: 'STATUS', value: (token) => tokenStatus(token, nowMs) },
    { title: 'EXPIRES', value: ({ expiresAt }) => expiresAt?.toISOString().slice(0, 10) ?? 'never', dropOrder: 2 },
    {
      title: 'LAST USED',
      value: ({ lastUsedAt }) => (lastUsedAt ? formatRelativeTime(lastUsedAt, nowMs) : 'never'),
      dropOrder: 1,
    },
    { title: 'ID', value: ({ id }) => safeText(id) },
  ]
  const [header = '', ...lines] = formatTable({ rows: shown, columns, width: output.out.columns() })
  output.data([output.out.paint('dim', header), ...lines].join('\n'))
}
