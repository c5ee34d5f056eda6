import { expect, test } from 'vitest'
import type { Comparison, Figure, Scaling } from '../figure.ts'
import type { Results } from './results.ts'
import { renderSummary } from './summary.ts'

const upload: Comparison = {
  kind: 'comparison',
  id: 'upload',
  title: 'Upload with digest',
  how: 'How.',
  unit: 'GiB/s',
  subject: 'slipway upload',
  contenders: [
    { name: 'slipway upload', role: 'ours', values: [1, 2, 3] },
    { name: 'a | b <c>', role: 'peer', values: [2, 2, 2] },
    { name: 'SHA-256', role: 'limit', values: [4, 4, 4] },
  ],
}

const cli: Comparison = {
  ...upload,
  id: 'cli',
  title: 'Starting a command',
  unit: 'ms',
  subject: 'slipway --help',
  contenders: [
    { name: 'single file', role: 'ours', values: [40, 50, 60] },
    { name: 'slipway --help', role: 'ours', values: [100, 110, 120] },
    { name: 'aws', role: 'peer', values: [500, 440, 480] },
  ],
}

const limits: Comparison = {
  ...upload,
  id: 'limits',
  title: 'Limits',
  subject: 'SHA-256',
  contenders: [{ name: 'SHA-256', role: 'limit', values: [4, 4, 4] }],
}

const memory: Scaling = {
  kind: 'scaling',
  id: 'memory',
  title: "Memory against the file's size",
  how: 'How.',
  unit: 'MiB',
  xLabel: 'file, GiB',
  lines: [
    {
      name: 'slipway upload',
      role: 'ours',
      points: [
        { x: 1, values: [110, 120, 130] },
        { x: 16, values: [140] },
        { x: 1024, values: [150] },
      ],
    },
    {
      name: 'the other way',
      role: 'peer',
      points: [
        { x: 1, values: [200, 210, 220] },
        { x: 16, values: [230] },
      ],
    },
    { name: 'one that took no part', role: 'peer', points: [] },
  ],
}

function resultsOf(...figures: readonly Figure[]): Results {
  const suite = { suite: 'a', seconds: 1, leftOut: [] }
  return {
    machine: '2 × CPU <x>',
    suites: figures.map((figure, index) => ({
      ...suite,
      figures: [figure],
      measuredAt: `2026-01-0${index + 2}T03:04:05.000Z`,
    })),
  }
}

function rowsOf(...figures: readonly Figure[]): string[] {
  const lines = renderSummary(resultsOf(...figures)).split('\n')
  return lines.filter((line) => line.startsWith('| ['))
}

test('a comparison has a row: our figure, and each other one with our ratio to it', () => {
  expect(rowsOf(upload)).toEqual([
    '| [Upload with digest](docs/bench/README.md#upload-with-digest) | 2.00 (1.00–3.00) GiB/s ' +
      '| a \\| b &lt;c&gt;: 2.00 (2.00–2.00), × 1.00 (0.50–1.50)<br>SHA-256: 4.00 (4.00–4.00), × 0.50 (0.25–0.75) |',
  ])
})

test('where several figures are ours they have names, the first being what the others are compared with', () => {
  expect(rowsOf(cli)).toEqual([
    '| [Starting a command](docs/bench/README.md#starting-a-command) ' +
      '| slipway --help: 110 (100–120) ms<br>single file: 50.0 (40.0–60.0) ms | aws: 480 (440–500), × 4.00 (4.00–5.00) |',
  ])
})

test('limits that nothing of ours is compared with have their unit themselves', () => {
  expect(rowsOf(limits)).toEqual(['| [Limits](docs/bench/README.md#limits) | – | SHA-256: 4.00 (4.00–4.00) GiB/s |'])
})

test('a scaling has the values at its smallest and its largest, or how far a peer went', () => {
  expect(rowsOf(memory)).toEqual([
    "| [Memory against the file's size](docs/bench/README.md#memory-against-the-files-size)<br>file, GiB: 1 → 1,024 " +
      '| 120 (110–130) → 150 (one run) MiB | the other way: at 1: 210 (200–220) → at 16: 230 (one run) MiB |',
  ])
})

test('a scaling that was measured in one place only says it once', () => {
  const [ours] = memory.lines
  const single = { ...memory, lines: [{ ...ours, points: ours?.points.slice(0, 1) }] } as Scaling
  expect(rowsOf(single)[0]).toMatch(/file, GiB: 1 \| 120 \(110–130\) MiB \| – \|$/)
})

test('rows stand as the suites do, and the charts are those that say most, where they were made', () => {
  const summary = renderSummary(resultsOf(cli, memory, upload))
  expect(rowsOf(cli, memory, upload).map((row) => row.slice(0, 6))).toEqual(['| [Sta', '| [Mem', '| [Upl'])
  expect(summary.match(/^!\[.*$/gm)).toEqual([
    '![Upload with digest](docs/bench/upload.svg)',
    "![Memory against the file's size](docs/bench/memory.svg)",
  ])
})

test('it says how many runs on which machine, when, and by which command', () => {
  const summary = renderSummary(resultsOf(upload, memory))
  expect(summary).toContain('Medians of 1 to 3 runs on 2 × CPU &lt;x&gt;, measured 2026-01-02 to 2026-01-03.')
  expect(summary).toContain('`npx -y pnpm@12 bench`')
  expect(summary).toContain('[docs/bench](docs/bench)')
  expect(renderSummary(resultsOf(upload))).toContain('Medians of 3 runs on')
})
