import type { CommandContext } from '../command.ts'
import { imageToJson } from '../format/image-json.ts'
import { formatImage } from '../format/image-record.ts'

interface GetArguments {
  readonly positionals: readonly string[]
  readonly options: { readonly json: boolean }
}

export async function run({ positionals: [ref = ''], options }: GetArguments, context: CommandContext): Promise<void> {
  const { output, signal, now, connect } = context
  const { client } = await connect()
  const image = await client.images.get(ref, { signal })
  if (options.json) output.json(imageToJson(image))
  else output.data(formatImage(image, now()))
}
