import stringWidth from 'string-width'
import { formatBytes, formatRate } from '../format/bytes.ts'
import { formatEta } from '../format/duration.ts'
import type { Style } from '../terminal.ts'
import type { ShownProgress } from './high-water-mark.ts'

export interface RenderOptions {
  readonly progress: ShownProgress
  /** The bar's words, such as `Uploading`. */
  readonly label: string
  /** What a piece under way is called: parts go up, ranges come down. */
  readonly pieceName: string
  readonly columns: number
  readonly paint: (style: Style, text: string) => string
}

const minHashLagBytes = 256 * 1024 * 1024
const minBarWidth = 8
const maxBarWidth = 40
/** Below this, words and separators give way to figures. */
const narrowColumns = 60

/** The live view: a bar with its percentage, and below it the figures, most useful first, as many as fit. */
export function renderProgress({ progress, label, pieceName, columns, paint }: RenderOptions): string[] {
  return [barLine({ progress, label, columns, paint }), figuresLine({ progress, pieceName, columns, paint })]
}

/** The same as one plain line, for logs. */
export function renderPlainProgress({ progress, label, pieceName }: Omit<RenderOptions, 'columns' | 'paint'>): string {
  const percent = percentOf(progress)
  const figures = figuresOf({ progress, pieceName, isNarrow: false })
  return `${label}: ${[...(percent === '' ? [] : [percent]), ...figures].join(', ')}`
}

function barLine({ progress, label, columns, paint }: Omit<RenderOptions, 'pieceName'>): string {
  const percent = percentOf(progress).padStart(4)
  const room = columns - 1 - stringWidth(label) - percent.length - 2
  if (progress.fraction === undefined || room < minBarWidth) {
    return `${label} ${percent}`.trimEnd().slice(0, columns - 1)
  }
  const width = Math.min(room, maxBarWidth)
  const confirmed = Math.floor(progress.fraction * width)
  const sent = Math.floor((progress.sentFraction ?? 0) * width) - confirmed
  const bar =
    paint('cyan', '█'.repeat(confirmed)) +
    paint('cyan', '▒'.repeat(sent)) +
    paint('gray', '░'.repeat(width - confirmed - sent))
  return `${label} ${bar} ${percent}`
}

function figuresLine({ progress, pieceName, columns, paint }: Omit<RenderOptions, 'label'>): string {
  const isNarrow = columns < narrowColumns
  let line = ''
  for (const figure of figuresOf({ progress, pieceName, isNarrow })) {
    const longer = line === '' ? figure : `${line}${isNarrow ? '  ' : ' · '}${figure}`
    if (stringWidth(longer) > columns - 1) break
    line = longer
  }
  return paint('dim', line)
}

interface FiguresOptions extends Pick<RenderOptions, 'progress' | 'pieceName'> {
  readonly isNarrow: boolean
}

function figuresOf({ progress, pieceName, isNarrow }: FiguresOptions): string[] {
  const { totalBytes, confirmedBytes, bytesPerSecond, etaMs, partsInFlight, retryCount } = progress
  const figures = [formatBytes(confirmedBytes)]
  if (totalBytes !== undefined) figures[0] += `${isNarrow ? '/' : ' of '}${formatBytes(totalBytes)}`
  if (bytesPerSecond > 0) figures.push(formatRate(bytesPerSecond))
  if (etaMs !== undefined && confirmedBytes !== totalBytes) figures.push(`${formatEta(etaMs)} left`)
  if (retryCount > 0) figures.push(`${retryCount} ${retryCount === 1 ? 'retry' : 'retries'}`)
  if (isHashingBehind(progress)) figures.push(`hashed ${formatBytes(progress.hashedBytes)}`)
  if (partsInFlight > 0) figures.push(`${partsInFlight} ${pieceName}${partsInFlight === 1 ? '' : 's'} in flight`)
  return figures
}

/** Hashing keeps up with most links. Where it does not, it is what one waits for, and is said. */
function isHashingBehind({ hashedBytes, confirmedBytes }: ShownProgress): boolean {
  return hashedBytes > 0 && confirmedBytes - hashedBytes > minHashLagBytes
}

/** Rounded down: 100 % is said only of the whole. */
function percentOf({ fraction }: ShownProgress): string {
  return fraction === undefined ? '' : `${Math.floor(fraction * 100)}%`
}
