import { basename } from 'node:path'
import type { Image, UploadEvent, UploadResult } from '@slipway/sdk'
import type { CommandContext } from '../command.ts'
import { CommandFailure } from '../command-failure.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes, formatRate } from '../format/bytes.ts'
import { formatDuration } from '../format/duration.ts'
import { imageToJson } from '../format/image-json.ts'
import { formatImage } from '../format/image-record.ts'
import { createProgressDisplay, type ProgressDisplay } from '../progress/progress-display.ts'
import { expandWorkspace } from './workspace-ref.ts'

interface UploadArguments {
  readonly positionals: readonly string[]
  readonly options: {
    readonly name: string | undefined
    readonly workspace: string | undefined
    readonly concurrency: number | undefined
    readonly 'part-size': number | undefined
    readonly json: boolean
    readonly quiet: boolean
  }
}

export async function run(
  { positionals: [file = ''], options }: UploadArguments,
  context: CommandContext,
): Promise<void> {
  const { output, signal, now, connect, journalDirectory } = context
  const { name, concurrency, 'part-size': partSizeBytes } = options
  const { client, sdk } = await connect()
  const isSilent = options.json || options.quiet
  const display = createProgressDisplay({ output, label: 'Uploading', pieceName: 'part', isSilent, now })
  let image: Image | undefined
  const onEvent = (event: UploadEvent) => {
    if (event.type === 'planned') image = event.image
    show(event, display, context)
  }
  try {
    const workspace =
      options.workspace === undefined ? undefined : await expandWorkspace(options.workspace, client, signal)
    const result = await sdk.uploadImage(client, {
      source: file,
      journalDirectory,
      signal,
      onEvent,
      ...(name !== undefined && { name }),
      ...(workspace !== undefined && { workspace }),
      ...(concurrency !== undefined && { concurrency }),
      ...(partSizeBytes !== undefined && { partSizeBytes }),
    })
    display.end()
    printResult(result, { file, isJson: options.json, isQuiet: options.quiet }, context)
  } catch (error) {
    display.end()
    if (!signal.aborted) throw error
    throw new CommandFailure(stoppedMessage(image, display.reached()), {
      exitCode: exitCodes.interrupted,
      hint: 'run the same command again to go on',
      cause: error,
    })
  }
}

function show(event: UploadEvent, display: ProgressDisplay, { debug, output }: CommandContext): void {
  switch (event.type) {
    case 'planned':
      if (event.isResumed) display.note(`Going on with ${event.image.id}: what the server holds is not sent again`)
      return
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
      if (debug) output.talk(`part ${event.partNumber}, attempt ${event.attempt}: ${event.error.message}`)
      return
  }
}

function printResult(
  result: UploadResult,
  { file, isJson, isQuiet }: { file: string; isJson: boolean; isQuiet: boolean },
  { output, now }: CommandContext,
): void {
  const { image, ...figures } = result
  if (isJson) {
    output.json({ image: imageToJson(image), ...figuresToJson(figures) })
    return
  }
  if (isQuiet) {
    output.data(image.id)
    return
  }
  output.talk(`${output.err.paint('green', 'Uploaded')} ${basename(file)}: ${summarize(result)}`)
  output.data(formatImage(image, now()))
}

/** Picked one by one: what the SDK adds later does not become part of the documented output by accident. */
function figuresToJson(figures: Omit<UploadResult, 'image'>) {
  const { sizeBytes, sha256, partCount, durationMs, retryCount, reusedBytes, sentBytes } = figures
  return { sizeBytes, sha256, partCount, durationMs, retryCount, reusedBytes, sentBytes }
}

function summarize({ sizeBytes, durationMs, partCount, retryCount, reusedBytes }: UploadResult): string {
  const sentBytes = sizeBytes - reusedBytes
  return [
    `${formatBytes(sizeBytes)} in ${formatDuration(durationMs)}`,
    ...(sentBytes > 0 && durationMs > 0 ? [formatRate((sentBytes * 1000) / durationMs)] : []),
    partCount === 1 ? '1 part' : `${partCount} parts`,
    ...(reusedBytes > 0 ? [`${formatBytes(reusedBytes)} were there already`] : []),
    ...(retryCount > 0 ? [retryCount === 1 ? '1 retry' : `${retryCount} retries`] : []),
  ].join(', ')
}

function stoppedMessage(image: Image | undefined, reached: string | undefined): string {
  if (!image) return 'before anything was sent'
  return reached === undefined ? `image ${image.id} is begun` : `${reached} are on the server, as image ${image.id}`
}
