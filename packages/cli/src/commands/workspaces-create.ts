import type { CommandContext } from '../command.ts'
import { formatWorkspace, workspaceToJson } from './show-workspace.ts'

interface WorkspacesCreateArguments {
  readonly positionals: readonly string[]
  readonly options: { readonly json: boolean; readonly quiet: boolean }
}

export async function run(
  { positionals: [name], options }: WorkspacesCreateArguments,
  { output, signal, now, connect }: CommandContext,
): Promise<void> {
  const { client } = await connect()
  const workspace = await client.workspaces.create({ name, signal })
  if (options.json) output.json(workspaceToJson(workspace))
  else output.data(options.quiet ? workspace.id : formatWorkspace(workspace, now()))
}
