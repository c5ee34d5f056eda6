import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runCommand } from './run-command.ts'
import { spreadOf } from './statistics.ts'

export interface CliCommandOptions {
  readonly runCount: number
}

/** How long the command takes to say `--help`: installed from npm, and as the single-file binary where it has been built. */
export async function cliCommand({ runCount }: CliCommandOptions): Promise<void> {
  const script = fromCliPackage('bin/slipway.js')
  const binary = fromCliPackage(`binary/slipway-${process.platform}-${process.arch}`)
  const rows: Record<string, object> = {
    'node (empty script)': await measure([process.execPath, '--eval', ''], runCount),
    'slipway --help': await measure([process.execPath, script, '--help'], runCount),
  }
  if (existsSync(binary)) {
    const sizeMib = (statSync(binary).size / 2 ** 20).toFixed(1)
    rows['binary --help'] = { ...(await measure([binary, '--help'], runCount)), 'size MiB': sizeMib }
  } else {
    console.log('no binary here: `npx -y pnpm@12 --filter @slipway/cli run build-binary` makes one')
  }
  console.log(`starting to the end of --help, ${runCount} runs each after one uncounted`)
  console.table(rows)
}

async function measure(command: readonly string[], runCount: number): Promise<object> {
  await runCommand(command)
  const milliseconds: number[] = []
  for (let run = 0; run < runCount; run++) milliseconds.push((await runCommand(command)).seconds * 1000)
  const { min, median, max } = spreadOf(milliseconds)
  return { 'median ms': Math.round(median), 'min–max ms': `${Math.round(min)}–${Math.round(max)}` }
}

function fromCliPackage(path: string): string {
  return fileURLToPath(new URL(path, import.meta.resolve('@slipway/cli/package.json')))
}
