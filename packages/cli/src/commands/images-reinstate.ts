import type { CommandContext } from '../command.ts'
import { imageToJson } from '../format/image-json.ts'
import { safeText } from '../format/safe-text.ts'

interface ReinstateArguments {
  readonly positionals: readonly string[]
  readonly options: { readonly json: boolean; readonly quiet: boolean }
}

export async function run(
  { positionals: [ref = ''], options }: ReinstateArguments,
  context: CommandContext,
): Promise<void> {
  const { output, signal, connect } = context
  const { client } = await connect()
  const image = await client.images.reinstate(ref, { signal })
  if (options.json) output.json(imageToJson(image))
  else if (options.quiet) output.data(image.id)
  else output.talk(`Reinstated ${safeText(image.name)} (${image.id})`)
}
