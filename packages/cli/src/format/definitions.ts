/** Longer lines are hard to read. */
export const maxColumns = 100
const indent = '  '
/** Below this, an explanation beside its term is a column of single words. */
const minTextWidth = 24

/** Lays out terms with their explanations beside them, wrapped; below them where the terminal is narrow. */
export function formatDefinitions(
  entries: readonly (readonly [term: string, text: string])[],
  columns: number,
): string {
  const width = Math.min(columns, maxColumns)
  const termWidth = Math.max(...entries.map(([term]) => term.length))
  const textStart = indent.length + termWidth + 2
  const isBeside = width - textStart >= minTextWidth
  const padding = ' '.repeat(isBeside ? textStart : indent.length * 3)
  return entries
    .flatMap(([term, text]) => {
      const lines = wrapWords(text, width - padding.length).map((line) => padding + line)
      const [first = ''] = lines
      if (!isBeside) return [indent + term, ...lines]
      return [indent + term.padEnd(termWidth) + first.slice(textStart - 2), ...lines.slice(1)]
    })
    .join('\n')
}

export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
