import { expect, test } from 'vitest'
import type { Comparison, Scaling } from '../figure.ts'
import { renderBarChart } from './bar-chart.ts'
import { renderLineChart } from './line-chart.ts'
import { toPng } from './png.ts'
import { linearTicks } from './ticks.ts'

const comparison: Comparison = {
  kind: 'comparison',
  id: 'x',
  title: 'Speed <of> it',
  how: 'How.',
  unit: 'GiB/s',
  subject: 'ours',
  contenders: [
    { name: 'ours', role: 'ours', values: [1, 2, 3] },
    { name: 'theirs & others', role: 'peer', values: [4, 5, 9] },
  ],
}

const scaling: Scaling = {
  kind: 'scaling',
  id: 'y',
  title: 'Growth',
  how: 'How.',
  unit: 'ms',
  xLabel: 'images',
  lines: [
    {
      name: 'GET',
      role: 'ours',
      points: [0, 10, 1000].map((x) => ({ x, values: [1, 2, 3] })),
    },
  ],
}

test('ticks are round, begin at 0 and reach the largest value', () => {
  expect(linearTicks(1.19)).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25])
  expect(linearTicks(17_612)).toEqual([0, 5000, 10_000, 15_000, 20_000])
  expect(linearTicks(5)).toEqual([0, 1, 2, 3, 4, 5])
  expect(linearTicks(0)).toEqual([0, 1])
})

test('bars stand best first, with a whisker each, and names are escaped', () => {
  const svg = renderBarChart(comparison)
  expect(svg.indexOf('theirs &amp; others')).toBeLessThan(svg.indexOf('>ours<'))
  expect(svg).toContain('Speed &lt;of&gt; it')
  expect(svg.match(/class="whisker"/g)).toHaveLength(2)
  const faster = renderBarChart({ ...comparison, unit: 'ms' })
  expect(faster.indexOf('>ours<')).toBeLessThan(faster.indexOf('theirs &amp; others'))
})

test('a line has a place for 0 on its logarithmic axis', () => {
  const svg = renderLineChart(scaling)
  const places = [...svg.matchAll(/cx="([\d.]+)"/g)].map(([, x]) => Number(x))
  expect(places).toHaveLength(3)
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(new Set(places).size).toBe(3)
})

test('no chart has a place that is not a number', () => {
  for (const svg of [renderBarChart(comparison), renderLineChart(scaling)])
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
})

test('a chart can be turned into a picture', async () => {
  const png = await toPng(renderBarChart(comparison))
  expect(png.subarray(1, 4).toString()).toBe('PNG')
})
