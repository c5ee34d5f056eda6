import type { CommandContext } from '../command.ts'
import { safeText } from '../format/safe-text.ts'
import { workspaceToJson } from './show-workspace.ts'
import { expandWorkspace } from './workspace-ref.ts'

interface WorkspacesRenameArguments {
  readonly positionals: readonly string[]
  readonly options: { readonly json: boolean; readonly quiet: boolean }
}

export async function run(
  { positionals: [ref = '', name = ''], options }: WorkspacesRenameArguments,
  { output, signal, connect }: CommandContext,
): Promise<void> {
  const { client } = await connect()
  const workspace = await client.workspaces.rename(await expandWorkspace(ref, client, signal), { name, signal })
  if (options.json) output.json(workspaceToJson(workspace))
  else if (options.quiet) output.data(workspace.id)
  else output.talk(`Renamed ${safeText(ref)} to ${safeText(workspace.name)} (${workspace.id})`)
}
