import { escapeXml } from './svg.ts'

/** @param alignment of every column but the first */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  alignment: '---' | '---:' = '---:',
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = `|${head.map((_, index) => (index === 0 ? ' --- ' : ` ${alignment} `)).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

/** What is read as it stands, also in a table's cell and in a link's text. */
export function escapeMarkdown(text: string): string {
  return escapeXml(text).replace(/[\\`*_[\]|]/g, '\\$&')
}

/** @returns the fragment that GitHub gives to a heading, such as `small-requests-get-imagesid` */
export function headingAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')
}
