import { styleText } from 'node:util'
import type { DisplaySettings } from './display-settings.ts'
import type { OutputStream } from './host.ts'

export type Style = Parameters<typeof styleText>[0]

/** What can be shown on one stream. */
export interface Terminal {
  readonly isTerminal: boolean
  /** Can lines be redrawn? Not in a build log, and not on a terminal that cannot move its cursor. */
  readonly isLive: boolean
  /** Asked anew each time: people resize windows. */
  columns(): number
  /** Colours `text`, or leaves it as it is where colour is not wanted. */
  paint(style: Style, text: string): string
}

/** For a terminal that does not say how wide it is. */
const fallbackColumns = 80

export function describeTerminal(stream: OutputStream, display: DisplaySettings): Terminal {
  const isTerminal = stream.isTTY === true
  const hasColor = !display.noColor && (display.forceColor || (isTerminal && !display.isDumb))
  return {
    isTerminal,
    isLive: isTerminal && !display.isDumb && !display.isCi,
    columns: () => stream.columns || fallbackColumns,
    // The decision is made here, from the injected environment; `styleText` would look at the process's own.
    paint: (style, text) => (hasColor ? styleText(style, text, { validateStream: false }) : text),
  }
}
