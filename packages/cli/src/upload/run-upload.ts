import type { Image, UploadEvent, UploadResult } from '@slipway/sdk'
import type { CommandContext, Connection } from '../command.ts'
import { CommandFailure } from '../command-failure.ts'
import { exitCodes } from '../exit-codes.ts'
import { createProgressDisplay, type ProgressDisplay } from '../progress/progress-display.ts'
import type { UploadSource } from './open-upload-source.ts'

export interface RunUploadOptions extends Connection {
  readonly source: UploadSource
  readonly name: string | undefined
  readonly workspace: string | undefined
  readonly resume: boolean
  readonly concurrency: number | undefined
  readonly partSizeBytes: number | undefined
  readonly isQuiet: boolean
}

/** Uploads with its progress shown. @throws {CommandFailure} that says how far it came, when it was stopped */
export async function runUpload(options: RunUploadOptions, context: CommandContext): Promise<UploadResult> {
  const { client, sdk, source, name, workspace, resume, concurrency, partSizeBytes, isQuiet } = options
  const { output, signal, now, journalDirectory } = context
  const display = createProgressDisplay({ output, label: 'Uploading', pieceName: 'part', isSilent: isQuiet, now })
  let image: Image | undefined
  const onEvent = (event: UploadEvent) => {
    if (event.type === 'planned') image = event.image
    show(event, display, context)
  }
  try {
    return await sdk.uploadImage(client, {
      source: source.input,
      journalDirectory,
      resume,
      signal,
      onEvent,
      name,
      workspace,
      concurrency,
      partSizeBytes,
    })
  } catch (error) {
    if (!signal.aborted) throw unwrapped(error)
    throw new CommandFailure(stoppedMessage(image, display.reached()), {
      exitCode: exitCodes.interrupted,
      hint: howToGoOn({ image, name, isStdin: source.isStdin }),
      cause: error,
    })
  } finally {
    display.end()
  }
}

function show(event: UploadEvent, display: ProgressDisplay, { isVerbose, output }: CommandContext): void {
  switch (event.type) {
    case 'planned': {
      const { image, plan, isResumed } = event
      if (isResumed) display.note(`Going on with ${image.id}: what is there is not sent again`)
      const { sizeBytes = null, partSizeBytes = null, partCount = null } = plan ?? {}
      display.event({ type: 'planned', imageId: image.id, sizeBytes, partSizeBytes, partCount, isResumed })
      return
    }
    case 'progress':
      display.update(event.progress)
      return
    case 'completing':
      display.label('Verifying')
      return
    case 'warning':
      output.warn(event.message)
      return
    case 'part_retried':
      if (isVerbose) output.talk(`part ${event.partNumber}, attempt ${event.attempt}: ${event.error.message}`)
      return
  }
}

/** What unpacking said is wrapped by the SDK, whose stream it broke: the words and the code are ours. */
function unwrapped(error: unknown): unknown {
  const { cause } = error as Error
  return cause instanceof CommandFailure ? cause : error
}

function stoppedMessage(image: Image | undefined, reached: string | undefined): string {
  if (!image) return 'before anything was sent'
  return reached === undefined ? `image ${image.id} is begun` : `${reached} are on the server, as ${image.id}`
}

interface GoOnOptions {
  readonly image: Image | undefined
  readonly name: string | undefined
  readonly isStdin: boolean
}

function howToGoOn({ image, name, isStdin }: GoOnOptions): string {
  if (isStdin && name === undefined && image) {
    return `run it again with --name ${image.name} to go on, or discard this with: slipway images abort ${image.id}`
  }
  return 'run the same command again to go on'
}
