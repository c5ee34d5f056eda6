import {
  type Comparison,
  type Figure,
  isMoreBetter,
  type LeftOut,
  runCountsOf,
  type Scaling,
  subjectOf,
} from '../figure.ts'
import { tableOf } from './markdown-syntax.ts'
import type { Results } from './results.ts'
import { ratioText, spreadText } from './spread-text.ts'

/** The report that people read: for each figure what was measured, the chart, and the medians with their spread. */
export function renderMarkdown({ machine, suites }: Results): string {
  const sections = suites.flatMap(({ figures, leftOut, measuredAt }) => [
    ...figures.map(sectionOf),
    ...leftOutOf(leftOut),
    `_Measured at ${measuredAt.slice(0, 16).replace('T', ' ')} UTC._\n`,
  ])
  return `# Benchmarks

${machine}

\`npx -y pnpm@12 bench\` made this page, its charts and \`results.json\`, which has the value of every run. All contenders of a
figure took turns in one run on this machine, after a round that was not counted. Figures are medians with min–max in
parentheses. _Slipway against it_ is the median of each round's own ratio, so that a drift of the machine cancels out: × 2
means twice as fast, × 0.5 half as fast. Machines are noisy: the ratios of one run mean more than the figures of two.

${sections.join('\n')}`
}

function sectionOf(figure: Figure): string {
  const table = figure.kind === 'comparison' ? comparisonTable(figure) : scalingTable(figure)
  const better = isMoreBetter(figure.unit) ? 'more' : 'less'
  return `## ${figure.title}\n\n${figure.how} In ${figure.unit}; ${better} is better${runsText(figure)}.\n\n![${figure.title}](${figure.id}.svg)\n\n${table}\n`
}

/** How often: a scaling says so itself where its points differ. */
function runsText(figure: Figure): string {
  const counts = new Set(runCountsOf(figure))
  const [count] = counts
  if (counts.size !== 1 || count === undefined) return ''
  return count === 1 ? '; one run' : `; ${count} runs`
}

function comparisonTable(figure: Comparison): string {
  const { contenders, subject, unit } = figure
  const ours = subjectOf(figure)
  const hasMemory = contenders.some(({ peakRssBytes }) => peakRssBytes !== undefined)
  const head = [
    '',
    `${unit} (min–max)`,
    ...(ours ? ['Slipway against it (min–max)'] : []),
    ...(hasMemory ? ['peak RSS, MiB'] : []),
  ]
  const rows = contenders.map(({ name, role, values, peakRssBytes }) => [
    role === 'ours' ? `**${name}**` : name,
    spreadText(values),
    ...(ours ? [name === subject ? '' : ratioText(ours.values, values, isMoreBetter(unit))] : []),
    ...(hasMemory ? [peakRssBytes === undefined ? '' : String(Math.round(peakRssBytes / 2 ** 20))] : []),
  ])
  return tableOf(head, rows)
}

function scalingTable({ lines, xLabel }: Scaling): string {
  const xs = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b)
  const rows = xs.map((x) => [
    x.toLocaleString('en-US'),
    ...lines.map(({ points }) => {
      const point = points.find((candidate) => candidate.x === x)
      return point ? spreadText(point.values) : ''
    }),
  ])
  return tableOf([xLabel, ...lines.map(({ name }) => name)], rows)
}

function leftOutOf(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return []
  const unique = new Map(leftOut.map(({ name, reason }) => [`${name}: ${reason}`, name]))
  return [`Left out: ${[...unique.keys()].join('; ')}.\n`]
}
