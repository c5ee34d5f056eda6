import { type Figure, runCountsOf } from '../figure.ts'
import { escapeMarkdown, tableOf } from './markdown-syntax.ts'
import type { Results } from './results.ts'
import { summaryRow } from './summary-row.ts'

/** Where the whole report is, as seen from the README's folder. */
const reportFolder = 'docs/bench'

/** The figures that say most of the main job: both ways, both sides, small requests, and memory. */
const chartIds = ['upload', 'download', 'ingest', 'egress', 'control-get', 'memory']

const head = ['', 'Slipway (min–max)', 'beside it (min–max), × Slipway against it (min–max)']

/** The short report, for the README of the repository: a row for each figure, and the charts that say most. */
export function renderSummary({ machine, suites }: Results): string {
  const figures = suites.flatMap((suite) => suite.figures)
  const rows = figures.map((figure) => summaryRow(figure, reportFolder))
  const days = suites.map(({ measuredAt }) => measuredAt.slice(0, 10)).sort()
  const charts = chartIds
    .flatMap((id) => figures.filter((figure) => figure.id === id))
    .map(({ id, title }) => `![${escapeMarkdown(title)}](${reportFolder}/${id}.svg)`)
  return [
    // A row holds all peers of a figure: padded to the longest, the rows could not be read where they are edited.
    `<!-- biome-ignore format: the benchmark writes this table -->\n${tableOf(head, rows, '---')}`,
    `Medians of ${runsText(figures)} on ${escapeMarkdown(machine)}, measured ${rangeText(days)}. _×_ is the median of each
round's own ratio between Slipway's first figure and the other one: × 2 means twice as fast, × 0.5 half as fast.
\`npx -y pnpm@12 bench\` makes all of this anew; [${reportFolder}](${reportFolder}) has how each was measured, and every chart.`,
    ...charts,
  ].join('\n\n')
}

/** A figure of one run among others of more says so itself. */
function runsText(figures: readonly Figure[]): string {
  const counts = figures.flatMap(runCountsOf).sort((a, b) => a - b)
  return counts.at(-1) === 1 ? 'one run' : `${rangeText(counts)} runs`
}

function rangeText(sorted: readonly (string | number)[]): string {
  const [first, last] = [sorted.at(0), sorted.at(-1)]
  return first === last ? `${first}` : `${first} to ${last}`
}
