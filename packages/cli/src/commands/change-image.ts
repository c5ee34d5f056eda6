import type { Client, Image, RequestOptions } from '@slipway/sdk'
import type { CommandContext } from '../command.ts'
import { imageToJson } from '../format/image-json.ts'
import { safeText } from '../format/safe-text.ts'

export interface ChangeArguments {
  readonly positionals: readonly string[]
  readonly options: { readonly json: boolean; readonly quiet: boolean }
}

type Change = (images: Client['images'], ref: string, options: RequestOptions) => Promise<Image>

/** Makes the code of a command that changes one image and shows it. @param done what happened: `Revoked` */
export function changeImage(done: string, change: Change) {
  return async function run(
    { positionals: [ref = ''], options }: ChangeArguments,
    context: CommandContext,
  ): Promise<void> {
    const { output, signal, connect } = context
    const { client } = await connect()
    const image = await change(client.images, ref, { signal })
    if (options.json) output.json(imageToJson(image))
    else if (options.quiet) output.data(image.id)
    else output.talk(`${done} ${safeText(image.name)} (${image.id})`)
  }
}
