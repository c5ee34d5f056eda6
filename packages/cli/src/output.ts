import type { DisplaySettings } from './display-settings.ts'
import { safeText } from './format/safe-text.ts'
import type { OutputStream } from './host.ts'
import { describeTerminal, type Terminal } from './terminal.ts'

/** A documented line of JSON for programs. */
export type OutputEvent = { readonly type: string } & Readonly<Record<string, unknown>>

/** Data goes to stdout, talk to stderr: what is piped on stays clean. */
export interface Output {
  readonly out: Terminal
  readonly err: Terminal
  readonly errorStream: OutputStream
  /** One or more lines of data. */
  data(text: string): void
  /** One value as one line of JSON. */
  json(value: unknown): void
  /** A line for people. */
  talk(text: string): void
  /** From now on every line is JSON, on both streams: what is said becomes `{"type":"note","message":…}`. */
  speakJson(): void
  readonly isJson: () => boolean
  /** What programs may want to know while it happens: a line of JSON on stderr, or nothing. */
  event(value: OutputEvent): void
  warn(message: string): void
  /** Where talk goes while lines are being redrawn; `undefined` puts it back to stderr. */
  divertTalk(sink: ((text: string) => void) | undefined): void
}

export interface OutputOptions {
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly display: DisplaySettings
}

export function createOutput({ stdout, stderr, display }: OutputOptions): Output {
  const out = describeTerminal(stdout, display)
  const err = describeTerminal(stderr, display)
  const write = (text: string): void => {
    stderr.write(`${text}\n`)
  }
  let sink = write
  let isJson = false
  const event = (value: OutputEvent) => {
    if (isJson) write(JSON.stringify(value))
  }
  const talk = (text: string) => (isJson ? event({ type: 'note', message: text }) : sink(text))
  return {
    out,
    err,
    errorStream: stderr,
    data: (text) => void stdout.write(`${text}\n`),
    json: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    talk,
    speakJson: () => {
      isJson = true
    },
    isJson: () => isJson,
    event,
    warn: (message) =>
      isJson
        ? event({ type: 'warning', message: safeText(message) })
        : sink(`${err.paint('yellow', 'warning:')} ${safeText(message)}`),
    divertTalk: (other) => {
      sink = other ?? write
    },
  }
}
