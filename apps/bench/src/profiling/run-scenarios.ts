import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OpenBenchOptions, withBench } from '../bench.ts'
import { describeMachine } from '../machine.ts'
import { type CpuProfile, callTreeOf, functionTimes } from './call-tree.ts'
import { renderFlameGraph } from './flame-graph.ts'
import { scenarios } from './scenarios.ts'

export interface RunScenariosOptions extends Omit<OpenBenchOptions, 'onLeftOut'> {
  /** Gets a page and a flame graph for each thread that worked. */
  readonly out: string
}

const shownFunctionCount = 15
/** Threads that did less are those that every program has. */
const leastThreadMs = 20

export async function runScenarios({ out, ...options }: RunScenariosOptions): Promise<string> {
  await mkdir(out, { recursive: true })
  const sections: string[] = []
  for (const { name, title, run } of scenarios) {
    options.say(`${name}\n`)
    await withBench({ ...options, onLeftOut: () => undefined }, async (bench) => {
      const folder = join(bench.folder, 'profiles')
      await run(bench, ['--cpu-prof', '--cpu-prof-dir', folder])
      const trees = (await readProfiles(folder)).map(callTreeOf).filter(({ totalMs }) => totalMs >= leastThreadMs)
      for (const [index, tree] of trees.sort((a, b) => b.totalMs - a.totalMs).entries()) {
        const file = `${name}-${index + 1}.svg`
        const heading = `${title}, ${index === 0 ? 'busiest thread' : `thread ${index + 1}`}`
        await writeFile(join(out, file), renderFlameGraph(heading, tree))
        const rows = functionTimes(tree)
          .slice(0, shownFunctionCount)
          .map(({ name: called, selfMs }) => {
            return `| \`${called}\` | ${selfMs.toFixed(0)} | ${((selfMs / tree.totalMs) * 100).toFixed(1)} |`
          })
        sections.push(
          `## ${heading}\n\n${Math.round(tree.totalMs)} ms busy. [Flame graph](${file})\n\n` +
            `| time in the function itself | ms | % |\n| --- | ---: | ---: |\n${rows.join('\n')}\n`,
        )
      }
    })
  }
  const page = `# Where the time goes\n\n${describeMachine()}\n\n\`npx -y pnpm@12 bench profile\` made this page. What it means is in [profile.md](../profile.md).\n\n${sections.join('\n')}`
  await writeFile(join(out, 'README.md'), page)
  return page
}

async function readProfiles(folder: string): Promise<CpuProfile[]> {
  const names = await readdir(folder)
  return await Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))))
}
