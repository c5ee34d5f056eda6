import { CommandFailure } from './command-failure.ts'
import { exitCodes } from './exit-codes.ts'
import type { InputStream } from './host.ts'
import type { Output } from './output.ts'
import { parseToken } from './values/token.ts'

export interface ReadTokenOptions {
  readonly stdin: InputStream
  readonly output: Output
  readonly signal: AbortSignal
}

/** No token is longer; a whole image piped in by mistake is not read to its end. */
const maxTokenLength = 8_192

/** Reads a token that is pasted at a prompt, where it is not shown, or piped in. */
export async function readToken({ stdin, output, signal }: ReadTokenOptions): Promise<string> {
  const text = stdin.isTTY === true ? await readHidden({ stdin, output, signal }) : await readPiped(stdin)
  return parseToken(text, stdin.isTTY === true ? 'the prompt' : 'standard input')
}

async function readPiped(stdin: InputStream): Promise<string> {
  let text = ''
  for await (const chunk of stdin) {
    text += String(chunk)
    if (text.length > maxTokenLength) break
  }
  return text
}

async function readHidden({ stdin, output, signal }: ReadTokenOptions): Promise<string> {
  output.errorStream.write('Paste the API token (it is not shown), then Enter: ')
  stdin.setRawMode?.(true)
  stdin.setEncoding('utf8')
  try {
    return await typedLine(stdin, signal)
  } finally {
    stdin.setRawMode?.(false)
    stdin.pause()
    output.errorStream.write('\n')
  }
}

/** In raw mode keys arrive as they are: Ctrl-C, Ctrl-D and backspace are ours to understand. */
function typedLine(stdin: InputStream, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = ''
    const settle = (end: () => void) => {
      stdin.off('data', onData)
      stdin.off('end', onEnd)
      signal.removeEventListener('abort', onAbort)
      end()
    }
    const onAbort = () => settle(() => reject(stopped()))
    const onEnd = () => settle(() => resolve(typed))
    const onData = (keys: string) => {
      // What terminals put around a paste, when they were told to: ESC [ 200 ~ and ESC [ 201 ~.
      for (const key of keys.replaceAll('\u001b[200~', '').replaceAll('\u001b[201~', '')) {
        if (key === '\u0003') return onAbort()
        if (key === '\r' || key === '\n' || key === '\u0004') return onEnd()
        typed = key === '\u007f' || key === '\b' ? typed.slice(0, -1) : typed + key
      }
    }
    stdin.on('data', onData)
    stdin.on('end', onEnd)
    signal.addEventListener('abort', onAbort)
  })
}

function stopped(): CommandFailure {
  return new CommandFailure('stopped before a token was given', { exitCode: exitCodes.interrupted })
}
