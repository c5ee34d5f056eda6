import type { CommandContext } from '../command.ts'
import { formatWorkspace, workspaceToJson } from './show-workspace.ts'
import { expandWorkspace } from './workspace-ref.ts'

interface WorkspacesGetArguments {
  readonly positionals: readonly string[]
  readonly options: { readonly json: boolean }
}

export async function run(
  { positionals: [ref = ''], options }: WorkspacesGetArguments,
  { output, signal, now, connect }: CommandContext,
): Promise<void> {
  const { client } = await connect()
  const workspace = await client.workspaces.get(await expandWorkspace(ref, client, signal), { signal })
  if (options.json) output.json(workspaceToJson(workspace))
  else output.data(formatWorkspace(workspace, now()))
}
