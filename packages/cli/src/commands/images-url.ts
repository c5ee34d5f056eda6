import type { CommandContext } from '../command.ts'

interface UrlArguments {
  readonly positionals: readonly string[]
  readonly options: { readonly json: boolean }
}

/** The only command that shows a presigned URL: who has it can download, without a token, until it expires. */
export async function run(
  { positionals: [ref = ''], options }: UrlArguments,
  { output, signal, connect }: CommandContext,
): Promise<void> {
  const { client } = await connect()
  const { url, expiresAt, sha256, sizeBytes } = await client.images.getDownload(ref, { signal })
  if (options.json) {
    output.json({ url, expiresAt: expiresAt.toISOString(), sha256, sizeBytes })
    return
  }
  output.data(url)
  output.talk(`Whoever has it can download the image until ${expiresAt.toISOString()}`)
}
