import { type Comparison, type Figure, isMoreBetter, type Role, type Scaling, subjectOf } from '../figure.ts'
import { escapeMarkdown, headingAnchor } from './markdown-syntax.ts'
import { ratioText, spreadText } from './spread-text.ts'

interface Entry {
  readonly name: string
  readonly role: Role
  readonly text: string
}

/** @returns the cells: what was measured, Slipway's figures, those of its peers and the machine's limits */
export function summaryRow(figure: Figure, reportFolder: string): string[] {
  const link = `[${escapeMarkdown(figure.title)}](${reportFolder}/README.md#${headingAnchor(figure.title)})`
  if (figure.kind === 'comparison') return [link, ...cellsOf(comparisonEntries(figure))]
  const { first, last } = endsOf(figure)
  const ends = `${escapeMarkdown(figure.xLabel)}: ${[...new Set([first, last])].map(xText).join(' → ')}`
  return [`${link}<br>${ends}`, ...cellsOf(scalingEntries(figure))]
}

function cellsOf(entries: readonly Entry[]): string[] {
  const ours = entries.filter(({ role }) => role === 'ours')
  const others = entries.filter(({ role }) => role !== 'ours')
  return [ours.length === 1 ? ours.map(({ text }) => text).join() : namedLines(ours), namedLines(others)]
}

function namedLines(entries: readonly Entry[]): string {
  return entries.map(({ name, text }) => `${escapeMarkdown(name)}: ${text}`).join('<br>') || '–'
}

function comparisonEntries(figure: Comparison): Entry[] {
  const { contenders, subject, unit } = figure
  const compared = subjectOf(figure)
  // The first of ours is the one that the ratios are of.
  const subjectFirst = contenders.toSorted((a, b) => Number(b.name === subject) - Number(a.name === subject))
  return subjectFirst.map(({ name, role, values }) => {
    const hasRatio = compared !== undefined && role !== 'ours'
    const beside = hasRatio ? `, ${ratioText(compared.values, values, isMoreBetter(unit))}` : ` ${unit}`
    return { name, role, text: spreadText(values) + beside }
  })
}

function scalingEntries(figure: Scaling): Entry[] {
  const { lines, unit } = figure
  const { first, last } = endsOf(figure)
  return lines.flatMap(({ name, role, points }) => {
    const sorted = points.toSorted((a, b) => a.x - b.x)
    const [low, high] = [sorted.at(0), sorted.at(-1)]
    if (!low || !high) return []
    // A peer that does not go as far as Slipway says how far its values are of.
    const isAcross = low.x === first && high.x === last
    const texts = [...new Set([low, high])].map(
      ({ x, values }) => `${isAcross ? '' : `at ${xText(x)}: `}${spreadText(values)}`,
    )
    return [{ name, role, text: `${texts.join(' → ')} ${unit}` }]
  })
}

function endsOf({ lines }: Scaling): { first: number; last: number } {
  const xs = lines.flatMap(({ points }) => points.map(({ x }) => x))
  return { first: Math.min(...xs), last: Math.max(...xs) }
}

function xText(x: number): string {
  return x.toLocaleString('en-US')
}
