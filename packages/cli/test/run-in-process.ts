import { EventEmitter } from 'node:events'
import { Readable, Writable } from 'node:stream'
import type { Host, InputStream, OutputStream, Sdk } from '../src/host.ts'
import { main } from '../src/main.ts'

export interface Run {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly sdk?: Partial<Sdk>
  readonly env?: Record<string, string>
  readonly signals?: EventEmitter
  /** Columns of the terminal that both streams are; without it they are pipes. */
  readonly columns?: number
  readonly stdout?: OutputStream
  readonly stdin?: InputStream
  readonly host?: Partial<Host>
}

export const nowMs = Date.UTC(2026, 5, 1, 12)

/** Runs the command line in this process, with a fake in place of the SDK and no environment but the given one. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Run> {
  const [stdout, stderr] = [collector(options.columns), collector(options.columns)]
  const exitCode = await main(argv, {
    env: { SLIPWAY_TOKEN: 'sk_live_test', SLIPWAY_API_URL: 'http://127.0.0.1:1', ...options.env },
    stdin: () => options.stdin ?? Readable.from([]),
    stdout: options.stdout ?? stdout.stream,
    stderr: stderr.stream,
    signals: options.signals ?? new EventEmitter(),
    homeDirectory: '/nonexistent',
    now: () => nowMs,
    exitNow: (code) => {
      throw new Error(`left at once with ${code}`)
    },
    loadSdk: async () => ({
      createClient: unexpected,
      uploadImage: unexpected,
      downloadImage: unexpected,
      downloadImageTo: unexpected,
      abortUpload: unexpected,
      ...options.sdk,
    }),
    probe: async () => ({ status: 200, roundTripMs: 2, serverTimeMs: nowMs }),
    ...options.host,
  })
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

function unexpected(): never {
  throw new Error('this command should not have come so far')
}

function collector(columns: number | undefined): { stream: OutputStream; text: () => string } {
  let text = ''
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  })
  Object.assign(stream, columns === undefined ? {} : { isTTY: true, columns, rows: 24 })
  return { stream, text: () => text }
}
