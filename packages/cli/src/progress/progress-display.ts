import type { TransferSnapshot } from '@slipway/sdk'
import { createLogUpdate } from 'log-update'
import { formatBytes } from '../format/bytes.ts'
import type { Output, OutputEvent } from '../output.ts'
import { createHighWaterMark, type ShownProgress } from './high-water-mark.ts'
import { renderPlainProgress, renderProgress } from './render-progress.ts'

/** Shows one transfer under way, on stderr. */
export interface ProgressDisplay {
  update(snapshot: TransferSnapshot): void
  /** A new phase, such as verifying: shown in place of the bar's words. */
  label(text: string): void
  /** A line that stays, above the bar. */
  note(text: string): void
  /** For programs that read JSON; nobody else sees it. */
  event(value: OutputEvent): void
  /** Takes the bar away. Has to be called, whatever happened: the cursor is hidden meanwhile. */
  end(): void
  /** `512 MiB of 1.0 GiB`, without a total where none is known; `undefined` before the first figures. */
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
const jsonIntervalMs = 1_000

export function createProgressDisplay(options: ProgressDisplayOptions): ProgressDisplay {
  const mark = createHighWaterMark()
  let progress: ShownProgress | undefined
  let label = options.label
  const painter = options.isSilent
    ? silentPainter
    : options.output.isJson()
      ? jsonPainter(options)
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
      if (!options.isSilent && !options.output.isJson()) options.output.talk(text)
    },
    event(value) {
      if (!options.isSilent) options.output.event(value)
    },
    end: () => painter.end(),
    reached: () =>
      progress &&
      formatBytes(progress.confirmedBytes) +
        (progress.totalBytes === undefined ? '' : ` of ${formatBytes(progress.totalBytes)}`),
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

function jsonPainter({ output, now }: ProgressDisplayOptions): Painter {
  let shownAtMs = now()
  return {
    paint(progress, label, isNewPhase) {
      if (!isNewPhase && now() - shownAtMs < jsonIntervalMs) return
      shownAtMs = now()
      const { totalBytes = null, confirmedBytes = 0, bytesPerSecond = 0, etaMs = null } = progress ?? {}
      const { partsInFlight = 0, retryCount = 0, hashedBytes = 0 } = progress ?? {}
      const amounts = { totalBytes, confirmedBytes, hashedBytes, bytesPerSecond: Math.round(bytesPerSecond), etaMs }
      output.event({ type: 'progress', phase: label.toLowerCase(), ...amounts, partsInFlight, retryCount })
    },
    end: () => {},
  }
}
