import { type Comparison, isMoreBetter, type Role } from '../figure.ts'
import { spreadOf } from '../statistics.ts'
import { numberText } from './number-text.ts'
import { escapeXml, renderSvg } from './svg.ts'
import { linearTicks } from './ticks.ts'

const width = 800
const left = 270
const right = 90
const top = 68
const rowHeight = 30
const barHeight = 18
const whiskerHeight = 8
const colours: Readonly<Record<Role, number>> = { ours: 0, peer: 1, limit: 2 }

/** Bars of the medians, best first, with whiskers from the least to the most. */
export function renderBarChart({ title, unit, contenders }: Comparison): string {
  const direction = isMoreBetter(unit) ? -1 : 1
  const rows = contenders
    .map((contender) => ({ ...contender, spread: spreadOf(contender.values) }))
    .sort((a, b) => direction * (a.spread.median - b.spread.median))
  const ticks = linearTicks(Math.max(...rows.map(({ spread }) => spread.max)))
  const end = ticks.at(-1) as number
  const x = (value: number) => round(left + (value / end) * (width - left - right))
  const bottom = top + rows.length * rowHeight
  const grid = ticks.map((tick) => {
    const label = `<text class="faint" x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${tick}</text>`
    return `<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${bottom}"/>${label}`
  })
  const bars = rows.map(({ name, role, spread: { min, median, max } }, index) => {
    const middle = top + index * rowHeight + rowHeight / 2
    const [from, to, cap] = [x(min), x(max), whiskerHeight / 2]
    const whisker = `M${from} ${middle - cap}v${whiskerHeight}M${from} ${middle}H${to}M${to} ${middle - cap}v${whiskerHeight}`
    const weight = role === 'ours' ? ' font-weight="600"' : ''
    return [
      `<text x="${left - 10}" y="${middle + 4}" text-anchor="end"${weight}>${escapeXml(name)}</text>`,
      `<rect class="fill-${colours[role]}" x="${left}" y="${middle - barHeight / 2}" width="${round(x(median) - left)}" height="${barHeight}" rx="2"/>`,
      `<path class="whisker" d="${whisker}"/>`,
      `<text x="${Math.max(x(median), to) + 8}" y="${middle + 4}"${weight}>${numberText(median)}</text>`,
    ].join('\n')
  })
  return renderSvg({
    title,
    subtitle: `${unit}, ${direction < 0 ? 'more' : 'less'} is better; ${runsText(contenders)}. Blue: Slipway, grey: peers, yellow: limits`,
    width,
    height: bottom + 32,
    body: [...grid, ...bars],
  })
}

function runsText(contenders: Comparison['contenders']): string {
  const runCount = contenders[0]?.values.length ?? 0
  return runCount === 1 ? 'one run' : `median of ${runCount} runs, whiskers from least to most`
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
