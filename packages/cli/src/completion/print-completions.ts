import { safeText } from '../format/safe-text.ts'
import type { Host } from '../host.ts'
import type { Output } from '../output.ts'
import { completeWords } from './complete-words.ts'
import { lookUpNames } from './look-up-names.ts'

/** The word that the shells' scripts call: `slipway __complete -- WORD…`. */
export const completeWord = '__complete'
/** Tells the shell to complete a file's name, which it does better. */
export const fileDirective = ':file'

/** Prints a candidate a line, with a tab and its summary where there is one. It never fails: a prompt is no place to. */
export async function printCompletions(typed: readonly string[], host: Host, output: Output): Promise<void> {
  const offer = completeWords(typed)
  if (offer.kind === 'file') {
    output.data(fileDirective)
    return
  }
  const candidates =
    offer.kind === 'words'
      ? offer.candidates
      : await lookUpNames({ kind: offer.kind, current: typed.at(-1) ?? '', flags: settingsIn(typed) }, host).catch(
          // No token, no server: then there is nothing to offer.
          () => [],
        )
  for (const { value, summary } of candidates) {
    output.data(summary === '' ? safeText(value) : `${safeText(value)}\t${safeText(summary)}`)
  }
}

function settingsIn(typed: readonly string[]) {
  const after = (option: string) => {
    const index = typed.indexOf(option)
    return index === -1 ? undefined : typed[index + 1]
  }
  return { apiUrl: after('--api-url'), token: after('--token'), profile: after('--profile') }
}
