import type { CommandContext } from '../command.ts'
import { safeText } from '../format/safe-text.ts'

interface DeleteArguments {
  readonly positionals: readonly string[]
  readonly options: { readonly json: boolean; readonly quiet: boolean }
}

export async function run(
  { positionals: [ref = ''], options }: DeleteArguments,
  context: CommandContext,
): Promise<void> {
  const { output, signal, connect } = context
  const { client } = await connect()
  await client.images.delete(ref, { signal })
  if (options.json) output.json({ deleted: true, ref })
  else if (!options.quiet) output.talk(`Deleted ${safeText(ref)}`)
}
