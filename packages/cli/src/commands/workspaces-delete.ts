import type { CommandContext } from '../command.ts'
import { safeText } from '../format/safe-text.ts'
import { expandWorkspace } from './workspace-ref.ts'

interface WorkspacesDeleteArguments {
  readonly positionals: readonly string[]
  readonly options: { readonly json: boolean; readonly quiet: boolean }
}

export async function run(
  { positionals: [ref = ''], options }: WorkspacesDeleteArguments,
  { output, signal, connect }: CommandContext,
): Promise<void> {
  const { client } = await connect()
  await client.workspaces.delete(await expandWorkspace(ref, client, signal), { signal })
  if (options.json) output.json({ deleted: true, ref })
  else if (!options.quiet) output.talk(`Deleted ${safeText(ref)}`)
}
