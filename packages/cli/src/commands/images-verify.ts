import { Writable } from 'node:stream'
import type { Client, DownloadEvent } from '@slipway/sdk'
import type { CommandContext } from '../command.ts'
import { CommandFailure } from '../command-failure.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes } from '../format/bytes.ts'
import { safeText } from '../format/safe-text.ts'
import type { Sdk } from '../host.ts'
import { createProgressDisplay } from '../progress/progress-display.ts'
import { hashSource } from '../upload/hash-source.ts'
import { openUploadSource } from '../upload/open-upload-source.ts'

interface VerifyArguments {
  readonly positionals: readonly string[]
  readonly options: { readonly json: boolean; readonly quiet: boolean }
}

interface Digest {
  readonly sha256: string
  readonly sizeBytes: number
}

/** Hashes FILE, or every byte that the server sends, and compares that with the image's own digest. */
export async function run(
  { positionals: [ref = '', file], options }: VerifyArguments,
  context: CommandContext,
): Promise<void> {
  const { output, signal, connect } = context
  const { client, sdk } = await connect()
  const image = await client.images.get(ref, { signal })
  if (image.sha256 === null) {
    throw new CommandFailure(`${safeText(image.name)} (${image.id}) has no digest: it is ${image.uploadStatus}`, {
      exitCode: exitCodes.conflict,
    })
  }
  const subject = file ?? 'what the server holds'
  const digest =
    file === undefined
      ? await hashRemote({ client, sdk, ref: image.id }, options, context)
      : await hashLocal(file, context)
  if (digest.sha256 !== image.sha256) {
    throw new CommandFailure(`${subject} has sha256 ${digest.sha256}, not ${image.sha256}`, {
      exitCode: exitCodes.integrity,
    })
  }
  if (options.json) output.json({ ref, id: image.id, file: file ?? null, isSame: true, ...digest })
  else if (!options.quiet) {
    const { paint } = output.err
    output.talk(
      `${paint('green', 'Verified')} ${safeText(subject)}: ${formatBytes(digest.sizeBytes)}, sha256 ${digest.sha256}`,
    )
  }
}

async function hashLocal(file: string, { stdin, signal }: CommandContext): Promise<Digest> {
  const source = await openUploadSource({ file, isPacked: false, stdin, signal })
  try {
    return await hashSource(source, signal)
  } finally {
    source.close()
  }
}

interface Remote {
  readonly client: Client
  readonly sdk: Sdk
  readonly ref: string
}

async function hashRemote(
  { client, sdk, ref }: Remote,
  { quiet }: VerifyArguments['options'],
  context: CommandContext,
) {
  const { output, signal, now } = context
  const display = createProgressDisplay({ output, label: 'Verifying', pieceName: 'range', isSilent: quiet, now })
  const onEvent = (event: DownloadEvent) => {
    if (event.type === 'progress') display.update(event.progress)
  }
  try {
    const sink = new Writable({ write: (_chunk, _encoding, done) => done() })
    const { sha256, sizeBytes } = await sdk.downloadImageTo(client, { ref, sink, signal, onEvent })
    return { sha256, sizeBytes }
  } finally {
    display.end()
  }
}
