/** Breaks a text into lines of at most `width` columns, each with the indent. A word that is longer is broken. */
export function wrap(text: string, { width = 80, indent = '' }: { width?: number; indent?: string } = {}): string {
  const room = width - indent.length
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
    while (line.length > room) {
      lines.push(line.slice(0, room))
      line = line.slice(room)
    }
  }
  if (line !== '') lines.push(line)
  return lines.map((each) => indent + each).join('\n')
}
