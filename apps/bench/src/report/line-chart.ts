import { isMoreBetter, type Scaling } from '../figure.ts'
import { spreadOf } from '../statistics.ts'
import { numberText } from './number-text.ts'
import { escapeXml, renderSvg } from './svg.ts'
import { linearTicks } from './ticks.ts'

const width = 800
const left = 70
const right = 30
const legendTop = 76
const legendRowHeight = 20
const legendColumnWidth = 250
const legendColumnCount = 3
const plotHeight = 260
const colourCount = 6

/** Lines of the medians over a logarithmic axis, with whiskers from the least to the most. */
export function renderLineChart({ title, unit, xLabel, lines }: Scaling): string {
  const measured = lines.map(({ name, points }) => ({
    name,
    points: points.map(({ x, values }) => ({ x, spread: spreadOf(values) })),
  }))
  const all = measured.flatMap(({ points }) => points)
  const xs = [...new Set(all.map((point) => point.x))].sort((a, b) => a - b)
  const ticks = linearTicks(Math.max(...all.map(({ spread }) => spread.max)))
  const end = ticks.at(-1) as number
  const top = legendTop + Math.ceil(lines.length / legendColumnCount) * legendRowHeight
  const bottom = top + plotHeight
  const x = createScale(xs, left + 20, width - right)
  const y = (value: number) => round(bottom - (value / end) * plotHeight)

  const grid = ticks.map(
    (tick) =>
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${y(tick)}" y2="${y(tick)}"/>` +
      `<text class="faint" x="${left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
  )
  const marks = xs.map(
    (value) =>
      `<text class="faint" x="${x(value)}" y="${bottom + 18}" text-anchor="middle">${value.toLocaleString('en-US')}</text>`,
  )
  const drawn = measured.map(({ name, points }, index) => {
    const colour = `line-${index % colourCount}`
    const path = points.map((point, at) => `${at ? 'L' : 'M'}${x(point.x)} ${y(point.spread.median)}`).join('')
    const whiskers = points.map(({ x: at, spread: { min, max } }) => `M${x(at)} ${y(min)}V${y(max)}`).join('')
    const dots = points.map(
      ({ x: at, spread: { median } }) =>
        `<circle class="line ${colour}" cx="${x(at)}" cy="${y(median)}" r="3.5"><title>${escapeXml(name)}: ${numberText(median)}</title></circle>`,
    )
    return [
      `<path class="line ${colour}" d="${path}"/>`,
      `<path class="line ${colour}" stroke-opacity="0.5" d="${whiskers}"/>`,
      ...dots,
      legendEntry(name, index, colour),
    ].join('\n')
  })
  const axis = `<text class="faint" x="${(left + width - right) / 2}" y="${bottom + 38}" text-anchor="middle">${escapeXml(xLabel)}</text>`
  return renderSvg({
    title,
    subtitle: `${unit}, ${isMoreBetter(unit) ? 'more' : 'less'} is better; medians, whiskers from least to most`,
    width,
    height: bottom + 50,
    body: [...grid, ...marks, axis, ...drawn],
  })
}

/** Logarithmic, with a place of its own for 0. */
function createScale(xs: readonly number[], from: number, to: number): (x: number) => number {
  const positive = xs.filter((x) => x > 0)
  const hasZero = positive.length < xs.length
  const [first, last] = [Math.log(positive[0] ?? 1), Math.log(positive.at(-1) ?? 1)]
  const start = hasZero && positive.length > 0 ? from + (to - 20 - from) / xs.length : from
  return (x) => {
    if (x <= 0) return from
    const share = last > first ? (Math.log(x) - first) / (last - first) : 0
    return round(start + share * (to - 20 - start))
  }
}

function legendEntry(name: string, index: number, colour: string): string {
  const x = 20 + (index % legendColumnCount) * legendColumnWidth
  const y = legendTop + Math.floor(index / legendColumnCount) * legendRowHeight
  return `<path class="line ${colour}" d="M${x} ${y - 4}h18"/><text x="${x + 25}" y="${y}">${escapeXml(name)}</text>`
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
