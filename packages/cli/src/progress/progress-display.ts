import type { TransferSnapshot } from '@slipway/sdk'
import { createLogUpdate } from 'log-update'
import { formatBytes } from '../format/bytes.ts'
import type { Output } from '../output.ts'
import { createHighWaterMark, type ShownProgress } from './high-water-mark.ts'
import { renderPlainProgress, renderProgress } from './render-progress.ts'

/** Shows one transfer under way, on stderr. */
export interface ProgressDisplay {
  update(snapshot: TransferSnapshot): void
  /** A new phase, such as verifying: shown in place of the bar's words. */
  label(text: string): void
  /** A line that stays, above the bar. */
  note(text: string): void
  /** Takes the bar away. Has to be called, whatever happened: the cursor is hidden meanwhile. */
  end(): void
  /** `512 MiB of 1.0 GiB`, or `undefined` before the first figures. */
  reached(): string | undefined
}

export interface ProgressDisplayOptions {
  readonly output: Output
  readonly label: string
  readonly pieceName: string
  readonly isSilent: boolean
  readonly now: () => number
}

/** Often enough to see that it lives, seldom enough for a log. */
const plainIntervalMs = 5_000

export function createProgressDisplay(options: ProgressDisplayOptions): ProgressDisplay {
  const mark = createHighWaterMark()
  let progress: ShownProgress | undefined
  let label = options.label
  const painter = options.isSilent
    ? silentPainter
    : options.output.err.isLive
      ? livePainter(options)
      : plainPainter(options)
  return {
    update(snapshot) {
      progress = mark(snapshot)
      painter.paint(progress, label, false)
    },
    label(text) {
      label = text
      painter.paint(progress, label, true)
    },
    note(text) {
      if (!options.isSilent) options.output.talk(text)
    },
    end: () => painter.end(),
    reached: () =>
      progress && progress.totalBytes !== undefined
        ? `${formatBytes(progress.confirmedBytes)} of ${formatBytes(progress.totalBytes)}`
        : undefined,
  }
}

interface Painter {
  paint(progress: ShownProgress | undefined, label: string, isNewPhase: boolean): void
  end(): void
}

const silentPainter: Painter = { paint: () => {}, end: () => {} }

function livePainter({ output, pieceName }: ProgressDisplayOptions): Painter {
  const log = createLogUpdate(output.errorStream as NodeJS.WritableStream)
  // What is said meanwhile stays, above the bar.
  output.divertTalk((text) => log.persist(text))
  return {
    paint(progress, label) {
      const { err } = output
      const view = { label, pieceName, columns: err.columns(), paint: err.paint }
      log(progress ? renderProgress({ ...view, progress }).join('\n') : label)
    },
    end() {
      output.divertTalk(undefined)
      log.clear()
      log.done()
    },
  }
}

function plainPainter({ output, pieceName, now }: ProgressDisplayOptions): Painter {
  let shownAtMs = now()
  return {
    paint(progress, label, isNewPhase) {
      if (isNewPhase) output.talk(label)
      if (isNewPhase || !progress || now() - shownAtMs < plainIntervalMs) return
      shownAtMs = now()
      output.talk(renderPlainProgress({ progress, label, pieceName }))
    },
    end: () => {},
  }
}
