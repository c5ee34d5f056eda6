import { readFile, writeFile } from 'node:fs/promises'

const opening = '<!-- bench -->'
const closing = '<!-- /bench -->'

/** @returns the text with the section between its markers; as it was where it does not have both, in order */
export function replaceSection(text: string, section: string): string {
  const start = text.indexOf(opening)
  const end = text.indexOf(closing, start)
  if (start < 0 || end < 0) return text
  return `${text.slice(0, start)}${opening}\n\n${section}\n\n${text.slice(end)}`
}

/** Leaves alone a README without markers, and one that is not there. @returns whether it was changed */
export async function updateReadme(file: string, section: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return false
  const updated = replaceSection(text, section)
  if (updated !== text) await writeFile(file, updated)
  return updated !== text
}
