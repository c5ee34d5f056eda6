import { join } from 'node:path'
import type { Bench, Suite } from '../bench.ts'
import type { Contender } from '../figure.ts'
import { programPath } from '../peers/program-path.ts'
import { runCommand } from '../peers/run-command.ts'
import { commandContender, gibPerSecond } from './command-contender.ts'
import { makeRandomFile } from './random-file.ts'
import { sizeText } from './size-text.ts'

/** What no transfer on this machine can beat. */
export const limits: Suite = {
  name: 'limits',
  about: 'what the machine can do at most: SHA-256, loopback, disk',
  async run(bench) {
    const sizeBytes = bench.profile.transferBytes
    const file = join(bench.folder, 'source.img')
    await makeRandomFile(file, sizeBytes)
    const contenders: Contender[] = [
      ...digestContenders(bench, file),
      node('loopback, raw TCP', ['tcp-copy', String(sizeBytes)], sizeBytes),
      node('RAM disk, write and fsync', ['disk-write', join(bench.folder, 'copy'), String(sizeBytes)], sizeBytes),
      node('disk, write and fsync', ['disk-write', join(bench.diskFolder, 'copy'), String(sizeBytes)], sizeBytes),
    ]
    return [
      {
        kind: 'comparison',
        id: 'limits',
        title: 'What the machine can do at most',
        how: `${sizeText(sizeBytes)}; digests are of a file on a RAM disk. What Node does is timed without its start.`,
        unit: 'GiB/s',
        subject: 'SHA-256, Node',
        contenders: await bench.measure(contenders),
      },
    ]
  },
}

/** Each program that can say the file's SHA-256. */
export function digestContenders(bench: Bench, file: string): Contender[] {
  const sizeBytes = bench.profile.transferBytes
  const contenders = [node('SHA-256, Node', ['file-digest', file], sizeBytes)]
  if (bench.has('openssl')) {
    const command = ['openssl', 'dgst', '-sha256', file]
    contenders.push(commandContender({ name: 'SHA-256, openssl', role: 'limit', command, sizeBytes }))
  }
  if (bench.has('sha256sum')) {
    const command = ['sha256sum', file]
    contenders.push(commandContender({ name: 'SHA-256, sha256sum', role: 'limit', command, sizeBytes }))
  }
  return contenders
}

function node(name: string, [program = '', ...args]: readonly string[], sizeBytes: number): Contender {
  return {
    name,
    role: 'limit',
    async measure() {
      const { output, peakRssBytes } = await runCommand([process.execPath, programPath(program), ...args])
      // What the work itself took: the start of Node is not the machine's limit.
      return { value: gibPerSecond(sizeBytes, Number(output)), peakRssBytes }
    },
  }
}
