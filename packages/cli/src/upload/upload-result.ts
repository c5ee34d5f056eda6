import { basename } from 'node:path'
import type { UploadResult } from '@slipway/sdk'
import type { CommandContext } from '../command.ts'
import { formatBytes, formatRate } from '../format/bytes.ts'
import { formatDuration } from '../format/duration.ts'
import { imageToJson } from '../format/image-json.ts'
import { formatImage } from '../format/image-record.ts'

export interface PrintUploadOptions {
  readonly label: string
  readonly isJson: boolean
  readonly isQuiet: boolean
  /** The same bytes were there: nothing was sent. */
  readonly isSkipped: boolean
}

export function printUpload(
  result: UploadResult,
  { label, isJson, isQuiet, isSkipped }: PrintUploadOptions,
  { output, now }: CommandContext,
): void {
  const { image } = result
  if (isJson) {
    output.json({ image: imageToJson(image), ...figuresToJson(result), isSkipped })
    return
  }
  if (isQuiet) {
    output.data(image.id)
    return
  }
  const name = basename(label)
  const green = (text: string) => output.err.paint('green', text)
  output.talk(
    isSkipped
      ? `${green('Skipped')} ${name}: the same ${formatBytes(result.sizeBytes)} are there already`
      : `${green('Uploaded')} ${name}: ${summarize(result)}`,
  )
  output.data(formatImage(image, now()))
}

/** Picked one by one: what the SDK adds later does not become part of the documented output by accident. */
function figuresToJson(figures: UploadResult) {
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
