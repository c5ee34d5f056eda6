import { homedir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { processEnvironment } from './config.ts'
import type { Environment } from './environment.ts'

/** A stream to write to, and what is known of the terminal behind it. */
export interface OutputStream extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Where piped-in bytes and pasted tokens come from. */
export interface InputStream extends Readable {
  readonly isTTY?: boolean
  setRawMode?(isRaw: boolean): unknown
}

/** Where stop signals come from: `process`, or an emitter in tests. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
}

/** What the commands use of the SDK: the seam at which tests put a fake. */
export type Sdk = Pick<
  typeof import('@slipway/sdk'),
  'createClient' | 'uploadImage' | 'downloadImage' | 'downloadImageTo' | 'abortUpload'
>

/** Everything that a run takes from outside. What is not given is this process's own. */
export interface Host {
  readonly env: Environment
  /** A function: looking at it opens it, and most commands never do. */
  readonly stdin: () => InputStream
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly signals: SignalSource
  readonly homeDirectory: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Leaves at once, without cleaning up: the second Ctrl-C. */
  readonly exitNow: (code: number) => void
  readonly loadSdk: () => Promise<Sdk>
  /** Called with their number as bytes of an image arrive. */
  readonly onReceived: (sizeBytes: number) => void
  readonly probe: (apiUrl: string, signal: AbortSignal) => Promise<ProbeResult>
}

/** What one plain request tells of a server. */
export interface ProbeResult {
  readonly status: number
  readonly roundTripMs: number
  /** The server's clock at the middle of the round trip, milliseconds since the epoch; absent where it does not say. */
  readonly serverTimeMs?: number
}

export function createHost(options: Partial<Host>): Host {
  return {
    env: processEnvironment(),
    stdin: () => process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signals: process,
    homeDirectory: options.homeDirectory ?? homedir(),
    now: Date.now,
    exitNow: (code) => process.exit(code),
    loadSdk: () => import('@slipway/sdk'),
    onReceived: () => undefined,
    probe: async (apiUrl, signal) => (await import('./preflight/probe.ts')).probe(apiUrl, signal),
    ...options,
  }
}
