import type { DownloadEvent, DownloadResult } from '@slipway/sdk'
import type { CommandContext } from '../command.ts'
import { CommandFailure } from '../command-failure.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes, formatRate } from '../format/bytes.ts'
import { formatDuration } from '../format/duration.ts'
import { formatRecord } from '../format/record.ts'
import { safeText } from '../format/safe-text.ts'
import { freeSpaceWarning } from '../preflight/free-space.ts'
import { createProgressDisplay, type ProgressDisplay } from '../progress/progress-display.ts'
import { usageFailure } from '../values/usage-failure.ts'

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
  const { output, signal, now, connect, stdout } = context
  const isPiped = file === '-'
  if (isPiped) assertPipe(options, output)
  const { client, sdk } = await connect()
  const display = createProgressDisplay({
    output,
    label: 'Downloading',
    pieceName: 'range',
    isSilent: options.quiet,
    now,
  })
  try {
    const { concurrency } = options
    let isFirstPlan = true
    const onEvent = (event: DownloadEvent) => {
      if (event.type === 'planned' && isFirstPlan && !isPiped) {
        warnOfFullDisk(event, file, output)
        isFirstPlan = false
      }
      show(event, display, context)
    }
    const result = isPiped
      ? await sdk.downloadImageTo(client, { ref, sink: stdout, concurrency, signal, onEvent })
      : await sdk.downloadImage(client, {
          ref,
          destination: file,
          overwrite: options.force,
          concurrency,
          signal,
          onEvent,
        })
    display.end()
    printResult(result, { ref, file, isJson: options.json, isQuiet: options.quiet }, context)
  } catch (error) {
    display.end()
    if (signal.aborted) throw isPiped ? stoppedPipe(error) : stopped(error, display.reached())
    throw withFlag(error)
  }
}

function assertPipe({ json, force }: DownloadArguments['options'], { out }: CommandContext['output']): void {
  if (out.isTerminal) {
    throw usageFailure(
      'an image cannot be shown on a terminal',
      'pipe it on: slipway download REF - | zstd > disk.img.zst',
    )
  }
  if (json) throw usageFailure('--json and - contradict each other: standard output is the image')
  if (force) throw usageFailure('--force and - contradict each other: there is no file to overwrite')
}

function show(event: DownloadEvent, display: ProgressDisplay, { isVerbose, output }: CommandContext): void {
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
      if (isVerbose) output.talk(`attempt ${event.attempt}: ${event.error.message}`)
      return
  }
}

function warnOfFullDisk(
  { sizeBytes, reusedBytes }: Extract<DownloadEvent, { type: 'planned' }>,
  file: string,
  output: CommandContext['output'],
): void {
  const warning = freeSpaceWarning(file, sizeBytes - reusedBytes)
  if (warning !== undefined) output.warn(warning)
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
  // Into a pipe, the bytes themselves are the data.
  if (file === '-') return
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

function stoppedPipe(cause: unknown): CommandFailure {
  return new CommandFailure('before all was written: throw away what the pipe got', {
    exitCode: exitCodes.interrupted,
    cause,
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
