import type { Workspace } from '@slipway/sdk'
import type { CommandContext } from '../command.ts'
import { formatRelativeTime } from '../format/relative-time.ts'
import { safeText } from '../format/safe-text.ts'
import { type Column, formatTable } from '../format/table.ts'
import { workspaceToJson } from './show-workspace.ts'

interface WorkspacesListArguments {
  readonly options: { readonly json: boolean; readonly quiet: boolean }
}

export async function run({ options }: WorkspacesListArguments, context: CommandContext): Promise<void> {
  const { output, signal, now, connect } = context
  const { client } = await connect()
  const shown: Workspace[] = []
  for await (const workspace of client.workspaces.list({ signal })) {
    const { id, name, resourcePath, createdAt } = workspace
    if (options.json) output.json(workspaceToJson(workspace))
    else if (options.quiet) output.data(id)
    else if (output.out.isTerminal) shown.push(workspace)
    else output.data([id, name, resourcePath, createdAt.toISOString()].map(safeText).join('\t'))
  }
  if (shown.length === 0) return
  const nowMs = now()
  const columns: readonly Column<Workspace>[] = [
    { title: 'NAME', value: ({ name }) => safeText(name), canShrink: true },
    { title: 'CREATED', value: ({ createdAt }) => formatRelativeTime(createdAt, nowMs), dropOrder: 1 },
    { title: 'ID', value: ({ id }) => safeText(id) },
  ]
  const [header = '', ...lines] = formatTable({ rows: shown, columns, width: output.out.columns() })
  output.data([output.out.paint('dim', header), ...lines].join('\n'))
}
