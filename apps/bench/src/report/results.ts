import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Figure, LeftOut } from '../figure.ts'
import { renderBarChart } from './bar-chart.ts'
import { renderLineChart } from './line-chart.ts'
import { renderMarkdown } from './markdown.ts'
import { toPng } from './png.ts'

/** What one suite found, with the raw values of every run. */
export interface SuiteResult {
  readonly suite: string
  /** Its first second, as ISO 8601. */
  readonly measuredAt: string
  readonly seconds: number
  readonly figures: readonly Figure[]
  readonly leftOut: readonly LeftOut[]
}

export interface Results {
  readonly machine: string
  readonly suites: readonly SuiteResult[]
}

export interface WriteResultsOptions {
  readonly folder: string
  readonly isPngWanted: boolean
}

/** Writes `results.json`, `README.md` and a chart for each figure. @returns the Markdown */
export async function writeResults(results: Results, { folder, isPngWanted }: WriteResultsOptions): Promise<string> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'results.json'), `${JSON.stringify(results, null, 1)}\n`)
  for (const figure of results.suites.flatMap(({ figures }) => figures)) {
    const svg = renderChart(figure)
    await writeFile(join(folder, `${figure.id}.svg`), svg)
    if (isPngWanted) await writeFile(join(folder, `${figure.id}.png`), await toPng(svg))
  }
  const markdown = renderMarkdown(results)
  await writeFile(join(folder, 'README.md'), markdown)
  return markdown
}

/**
 * A run of some suites leaves the others' results as they are, if they are this machine's: each figure is of one run.
 * @param order the suites' names, as they are to be reported
 */
export async function mergeWithEarlier(folder: string, results: Results, order: readonly string[]): Promise<Results> {
  const text = await readFile(join(folder, 'results.json'), 'utf8').catch(() => undefined)
  const earlier = text === undefined ? undefined : (JSON.parse(text) as Results)
  if (earlier?.machine !== results.machine) return results
  const fresh = new Set(results.suites.map(({ suite }) => suite))
  const all = [...earlier.suites.filter(({ suite }) => !fresh.has(suite)), ...results.suites]
  const known = all.filter(({ suite }) => order.includes(suite))
  return { ...results, suites: known.sort((a, b) => order.indexOf(a.suite) - order.indexOf(b.suite)) }
}

function renderChart(figure: Figure): string {
  return figure.kind === 'comparison' ? renderBarChart(figure) : renderLineChart(figure)
}
