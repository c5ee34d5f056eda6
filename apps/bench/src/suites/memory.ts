import { open, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench, Suite } from '../bench.ts'
import type { Role, ScalingLine, ScalingPoint } from '../figure.ts'
import { programPath, slipwayScript } from '../peers/program-path.ts'
import { runCommand } from '../peers/run-command.ts'
import { startDiscarding } from './discarding.ts'

interface Mover {
  readonly name: string
  readonly role: Role
  /** Those that would take too long are measured up to here only. */
  readonly maxFileBytes?: number
  command(paths: { url: string; file: string; copy: string }): readonly string[]
}

/** Files from here on are moved once: the largest takes a minute, and what is asked is whether memory grows at all. */
const onceFromBytes = 8 * 2 ** 30
const usualRunCount = 3

const slipway = [process.execPath, slipwayScript()]
const movers: readonly Mover[] = [
  {
    name: 'slipway upload',
    role: 'ours',
    command: ({ file }) => [...slipway, 'upload', file, '--name', 'bench', '--quiet'],
  },
  {
    name: 'slipway download',
    role: 'ours',
    command: ({ copy }) => [...slipway, 'download', 'bench', copy, '--force', '--quiet'],
  },
  {
    name: "official client's way",
    role: 'peer',
    maxFileBytes: 16 * 2 ** 30,
    command: ({ url, file }) => [process.execPath, programPath('whole-parts'), url, file],
  },
]

/** Whether memory follows the file's size. */
export const memory: Suite = {
  name: 'memory',
  about: "peak of resident memory against the file's size",
  async run(bench) {
    const points = movers.map(() => [] as ScalingPoint[])
    for (const sizeBytes of bench.profile.memoryFileBytes) {
      const measured = await measureSize(bench, sizeBytes)
      for (const [index, values] of measured.entries()) {
        if (values.length > 0) points[index]?.push({ x: sizeBytes / 2 ** 30, values })
      }
    }
    const lines = movers.map(({ name, role }, index): ScalingLine => ({ name, role, points: points[index] ?? [] }))
    return [
      {
        kind: 'scaling',
        id: 'memory',
        title: "Memory against the file's size",
        how:
          'The peak of resident memory of the command, moving a sparse file to or from a server that throws it away or ' +
          `reads it; ${usualRunCount} runs below 8 GiB, one above.`,
        xLabel: 'file, GiB',
        unit: 'MiB',
        lines,
      },
    ]
  },
}

/** @returns MiB: for each mover its runs, none where it does not take part */
async function measureSize(bench: Bench, sizeBytes: number): Promise<readonly (readonly number[])[]> {
  const file = join(bench.folder, 'sparse.img')
  const copy = join(bench.folder, 'copy.img')
  await (await open(file, 'w')).close()
  await truncate(file, sizeBytes)
  const { url, env } = await startDiscarding(bench, file)
  const values = movers.map(() => [] as number[])
  const runCount = sizeBytes >= onceFromBytes ? 1 : Math.min(bench.profile.runCount, usualRunCount)
  for (let round = 0; round < runCount; round++) {
    for (const [index, { name, command, maxFileBytes = Number.POSITIVE_INFINITY }] of movers.entries()) {
      if (sizeBytes > maxFileBytes) continue
      bench.say(`${sizeBytes / 2 ** 30} GiB: ${name}`)
      const { peakRssBytes } = await runCommand(command({ url, file, copy }), env)
      values[index]?.push(peakRssBytes / 2 ** 20)
    }
  }
  await rm(copy, { force: true })
  return values
}
