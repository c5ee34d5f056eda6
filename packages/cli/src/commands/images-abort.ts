import type { CommandContext } from '../command.ts'
import { safeText } from '../format/safe-text.ts'

interface AbortArguments {
  readonly positionals: readonly string[]
  readonly options: { readonly json: boolean; readonly quiet: boolean }
}

export async function run(
  { positionals: [ref = ''], options }: AbortArguments,
  { output, signal, connect, journalDirectory }: CommandContext,
): Promise<void> {
  const { client, sdk } = await connect()
  await sdk.abortUpload(client, { image: ref, journalDirectory, signal })
  if (options.json) output.json({ aborted: true, ref })
  else if (!options.quiet) output.talk(`Discarded the unfinished upload ${safeText(ref)}`)
}
