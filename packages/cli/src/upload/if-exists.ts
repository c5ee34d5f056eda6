import type { Client, Image } from '@slipway/sdk'
import type { CommandContext } from '../command.ts'
import { CommandFailure } from '../command-failure.ts'
import { exitCodes } from '../exit-codes.ts'
import { safeText } from '../format/safe-text.ts'
import type { Sdk } from '../host.ts'
import { assertCanReplace } from './assert-can-replace.ts'
import { findImage } from './find-image.ts'
import type { UploadSource } from './open-upload-source.ts'

export type IfExists = 'resume' | 'fail' | 'replace' | 'skip-if-same'

export interface IfExistsOptions {
  readonly ifExists: IfExists
  /** False with --no-resume. */
  readonly resume: boolean
  readonly name: string
  readonly workspace: string | undefined
  readonly client: Client
  readonly sdk: Sdk
  /** Hashes what is to be uploaded; called only when an image may be the same. */
  readonly hash: () => Promise<{ readonly sha256: string; readonly sizeBytes: number }>
  readonly source: UploadSource
  readonly partSizeBytes: number | undefined
  readonly concurrency: number | undefined
  readonly isQuiet: boolean
}

/** What an upload finds where it wants to go. */
export type Clearance =
  /** The very bytes are there. */
  { readonly kind: 'same'; readonly image: Image; readonly sizeBytes: number } | { readonly kind: 'clear' }

/** Deals with an image that has the name already, for the ways that the SDK does not know. */
export async function clearTheWay(options: IfExistsOptions, context: CommandContext): Promise<Clearance> {
  const { ifExists, name, workspace, client } = options
  if (ifExists === 'resume' || ifExists === 'fail') return { kind: 'clear' }
  const image = await findImage(client, { name, workspace, signal: context.signal })
  if (!image) return { kind: 'clear' }
  const isUnfinished = image.uploadStatus === 'started' || image.uploadStatus === 'uploading'
  if (isUnfinished && (options.resume || ifExists === 'skip-if-same')) return { kind: 'clear' }
  return ifExists === 'replace' ? replace(image, isUnfinished, options, context) : compare(image, options, context)
}

async function replace(
  image: Image,
  isUnfinished: boolean,
  { client, sdk, source, partSizeBytes, concurrency, isQuiet }: IfExistsOptions,
  { output, signal, journalDirectory }: CommandContext,
): Promise<Clearance> {
  // What the upload would refuse has to be found before something is lost for it.
  await assertCanReplace({ source, partSizeBytes, concurrency })
  try {
    if (isUnfinished) await sdk.abortUpload(client, { image: image.id, journalDirectory, signal })
    else await client.images.delete(image.id, { signal })
  } catch (error) {
    // Somebody else, or a network that delivers twice, was faster: the way is clear.
    if ((error as { name?: string }).name !== 'NotFoundError') throw error
  }
  if (!isQuiet) {
    output.talk(
      `${isUnfinished ? 'Discarded the unfinished' : 'Deleted the earlier'} ${safeText(image.name)} (${image.id})`,
    )
  }
  return { kind: 'clear' }
}

async function compare(
  image: Image,
  { name, client, hash, source }: IfExistsOptions,
  { signal }: CommandContext,
): Promise<Clearance> {
  const differs = (reason: string) =>
    new CommandFailure(`${safeText(name)} (${image.id}) is there already, and ${reason}`, {
      exitCode: exitCodes.conflict,
      hint: 'choose another --name, or put this one in its place with --if-exists replace',
    })
  if (image.uploadStatus !== 'completed' || image.sha256 === null) throw differs(`is ${image.uploadStatus}`)
  // Sizes that differ save reading the whole file.
  const localBytes = source.inspection?.sizeBytes
  if (localBytes !== undefined) {
    const { sizeBytes } = await client.images.getDownload(image.id, { signal })
    if (sizeBytes !== localBytes) throw differs(`has another size (${sizeBytes} bytes, not ${localBytes})`)
  }
  const { sha256, sizeBytes } = await hash()
  if (sha256 !== image.sha256) throw differs('holds other bytes')
  return { kind: 'same', image, sizeBytes }
}
