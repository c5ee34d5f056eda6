import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Suite } from '../bench.ts'
import type { Contender, Role } from '../figure.ts'
import { slipwayScript } from '../peers/program-path.ts'
import { runCommand } from '../peers/run-command.ts'

/** How long commands take before they do anything. */
export const cli: Suite = {
  name: 'cli',
  about: 'how long the command takes to start',
  async run(bench) {
    const { binary, sizeText } = singleFileBinary()
    const contenders: Contender[] = [
      starting('slipway --help', 'ours', [process.execPath, slipwayScript(), '--help']),
      starting('node, empty script', 'limit', [process.execPath, '--eval', '']),
    ]
    if (existsSync(binary)) contenders.push(starting('slipway --help, single file', 'ours', [binary, '--help']))
    else bench.say('no single-file binary here: `npx -y pnpm@12 --filter @slipway/cli run build-binary` makes one\n')
    if (bench.has('curl')) contenders.push(starting('curl --version', 'peer', ['curl', '--version']))
    if (bench.has('rclone')) contenders.push(starting('rclone version', 'peer', ['rclone', 'version']))
    if (bench.has('awscli')) contenders.push(starting('aws --version', 'peer', ['aws', '--version']))
    return [
      {
        kind: 'comparison',
        id: 'cli',
        title: 'Starting a command',
        how: `From the start to the end of the least that each can be asked.${sizeText}`,
        unit: 'ms',
        subject: 'slipway --help',
        contenders: await bench.measure(contenders),
      },
    ]
  },
}

function starting(name: string, role: Role, command: readonly string[]): Contender {
  return {
    name,
    role,
    async measure() {
      const { seconds, peakRssBytes } = await runCommand(command)
      return { value: seconds * 1000, peakRssBytes }
    },
  }
}

function singleFileBinary(): { binary: string; sizeText: string } {
  const path = `binary/slipway-${process.platform}-${process.arch}`
  const binary = fileURLToPath(new URL(path, import.meta.resolve('@slipway/cli/package.json')))
  const sizeText = existsSync(binary) ? ` The single file has ${Math.round(statSync(binary).size / 2 ** 20)} MiB.` : ''
  return { binary, sizeText }
}
