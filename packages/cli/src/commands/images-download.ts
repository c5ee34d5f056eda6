import type { DownloadEvent, DownloadResult } from '@slipway/sdk'
import type { CommandContext } from '../command.ts'
import { CommandFailure } from '../command-failure.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes, formatRate } from '../format/bytes.ts'
import { formatDuration } from '../format/duration.ts'
import { formatRecord } from '../format/record.ts'
import { safeText } from '../format/safe-text.ts'
import { createProgressDisplay, type ProgressDisplay } from '../progress/progress-display.ts'

interface DownloadArguments {
  readonly positionals: readonly string[]
  readonly options: {
    readonly force: boolean
    readonly concurrency: number | undefined
    readonly json: boolean
    readonly quiet: boolean
  }
}

export async function run(
  { positionals: [ref = '', file = ''], options }: DownloadArguments,
  context: CommandContext,
): Promise<void> {
  const { output, signal, now, connect } = context
  const { client, sdk } = await connect()
  const isSilent = options.json || options.quiet
  const display = createProgressDisplay({ output, label: 'Downloading', pieceName: 'range', isSilent, now })
  try {
    const result = await sdk.downloadImage(client, {
      ref,
      destination: file,
      overwrite: options.force,
      signal,
      onEvent: (event) => show(event, display, context),
      ...(options.concurrency !== undefined && { concurrency: options.concurrency }),
    })
    display.end()
    printResult(result, { ref, file, isJson: options.json, isQuiet: options.quiet }, context)
  } catch (error) {
    display.end()
    if (signal.aborted) throw stopped(error, display.reached())
    throw withFlag(error)
  }
}

function show(event: DownloadEvent, display: ProgressDisplay, { debug, output }: CommandContext): void {
  switch (event.type) {
    case 'planned':
      if (event.reusedBytes > 0) display.note(`Going on: ${formatBytes(event.reusedBytes)} are here already`)
      return
    case 'progress':
      display.update(event.progress)
      return
    case 'verifying':
      display.label('Verifying')
      return
    case 'warning':
      output.warn(event.message)
      return
    case 'retried':
      if (debug) output.talk(`attempt ${event.attempt}: ${event.error.message}`)
      return
  }
}

function printResult(
  result: DownloadResult,
  { ref, file, isJson, isQuiet }: { ref: string; file: string; isJson: boolean; isQuiet: boolean },
  { output }: CommandContext,
): void {
  // Picked one by one: what the SDK adds later does not become part of the documented output by accident.
  const { sizeBytes, sha256, isVerified, durationMs, retryCount, reusedBytes } = result
  if (isJson) output.json({ ref, file, sizeBytes, sha256, isVerified, durationMs, retryCount, reusedBytes })
  if (isJson || isQuiet) return
  output.talk(`${output.err.paint('green', 'Downloaded')} ${safeText(ref)}: ${summarize(result)}`)
  output.data(
    formatRecord([
      ['file', file],
      ['sha256', sha256],
    ]),
  )
}

function summarize({ sizeBytes, isVerified, durationMs, retryCount, reusedBytes }: DownloadResult): string {
  const receivedBytes = sizeBytes - reusedBytes
  return [
    `${formatBytes(sizeBytes)} in ${formatDuration(durationMs)}`,
    ...(receivedBytes > 0 && durationMs > 0 ? [formatRate((receivedBytes * 1000) / durationMs)] : []),
    ...(reusedBytes > 0 ? [`${formatBytes(reusedBytes)} were here already`] : []),
    ...(retryCount > 0 ? [retryCount === 1 ? '1 retry' : `${retryCount} retries`] : []),
    isVerified ? 'digest verified' : 'not verified, since the server knows no digest',
  ].join(', ')
}

function stopped(error: unknown, reached: string | undefined): CommandFailure {
  return new CommandFailure(reached === undefined ? 'before anything was received' : `${reached} are here`, {
    exitCode: exitCodes.interrupted,
    hint: 'run the same command again to go on',
    cause: error,
  })
}

/** The SDK speaks of its option; at a prompt it has another name. */
function withFlag(error: unknown): unknown {
  const { name, code, message } = error as { name?: string; code?: string; message?: string }
  if (name !== 'DestinationError' || code !== 'exists') return error
  return new CommandFailure(message ?? '', {
    exitCode: exitCodes.localFile,
    hint: 'choose another FILE, or overwrite this one with --force',
    cause: error,
  })
}
