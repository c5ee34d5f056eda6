import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CommandFailure } from '../command-failure.ts'
import { exitCodes } from '../exit-codes.ts'
import { safeText } from '../format/safe-text.ts'

/** Enough for xz's own line; what a broken program writes beyond it is not kept. */
const maxMessageLength = 500

/** Unpacks xz by the `xz` program: Node has no decoder of it. @param program its name, or a path in tests */
export async function* decompressXz(packed: AsyncIterable<Buffer>, program = 'xz'): AsyncGenerator<Buffer> {
  const child = spawn(program, ['--decompress', '--stdout', '--quiet'], { stdio: ['pipe', 'pipe', 'pipe'] })
  let message = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    message = (message + text).slice(0, maxMessageLength)
  })
  const ended = once(child, 'close') as Promise<[number | null]>
  const feeding = pipeline(Readable.from(packed), child.stdin)
  // Whatever goes wrong with either is told by how the program ends, or by the packed stream's own error below.
  const [hasEnded, hasFed] = [settled(ended), settled(feeding)]
  try {
    yield* child.stdout as AsyncIterable<Buffer>
    const end = await hasEnded
    if ('error' in end) throw cannotRun(program, end.error)
    const fed = await hasFed
    if ('error' in fed && fed.error.code !== 'EPIPE') throw fed.error
    const [code] = end.value
    if (code !== 0) throw new Error(safeText(message.trim() || `${program} ended with code ${code}`))
  } finally {
    child.kill()
  }
}

type Settled<T> = { readonly value: T } | { readonly error: NodeJS.ErrnoException }

function settled<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: NodeJS.ErrnoException) => ({ error }),
  )
}

function cannotRun(program: string, cause: NodeJS.ErrnoException): CommandFailure {
  const reason = cause.code === 'ENOENT' ? 'is not installed' : `cannot be run (${cause.code ?? cause.message})`
  return new CommandFailure(`unpacking xz needs the program ${program}, which ${reason}`, {
    exitCode: exitCodes.localFile,
    hint: 'install it (often in a package xz or xz-utils), or unpack elsewhere and upload the result',
    cause,
  })
}
