import type { DisplaySettings } from './config.ts'
import { safeText } from './format/safe-text.ts'
import type { OutputStream } from './host.ts'
import { describeTerminal, type Terminal } from './terminal.ts'

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
  const talk = (text: string) => sink(text)
  return {
    out,
    err,
    errorStream: stderr,
    data: (text) => void stdout.write(`${text}\n`),
    json: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    talk,
    warn: (message) => talk(`${err.paint('yellow', 'warning:')} ${safeText(message)}`),
    divertTalk: (other) => {
      sink = other ?? write
    },
  }
}
