import { homedir } from 'node:os'
import type { Writable } from 'node:stream'
import { type Environment, processEnvironment } from './config.ts'

/** A stream to write to, and what is known of the terminal behind it. */
export interface OutputStream extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Where stop signals come from: `process`, or an emitter in tests. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
}

/** What the commands use of the SDK: the seam at which tests put a fake. */
export type Sdk = Pick<typeof import('@slipway/sdk'), 'createClient' | 'uploadImage' | 'downloadImage'>

/** Everything that a run takes from outside. What is not given is this process's own. */
export interface Host {
  readonly env: Environment
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly signals: SignalSource
  readonly homeDirectory: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Leaves at once, without cleaning up: the second Ctrl-C. */
  readonly exitNow: (code: number) => void
  readonly loadSdk: () => Promise<Sdk>
}

export function createHost(options: Partial<Host>): Host {
  return {
    env: processEnvironment(),
    stdout: process.stdout,
    stderr: process.stderr,
    signals: process,
    homeDirectory: options.homeDirectory ?? homedir(),
    now: Date.now,
    exitNow: (code) => process.exit(code),
    loadSdk: () => import('@slipway/sdk'),
    ...options,
  }
}
