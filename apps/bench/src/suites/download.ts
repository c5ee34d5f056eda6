import { join } from 'node:path'
import type { Suite } from '../bench.ts'
import type { Contender } from '../figure.ts'
import { slipwayScript } from '../peers/program-path.ts'
import { commandContender } from './command-contender.ts'
import { startDiscarding } from './discarding.ts'
import { digestContenders } from './limits.ts'
import { makeRandomFile } from './random-file.ts'
import { sizeText } from './size-text.ts'

/** The client's side of a download. */
export const download: Suite = {
  name: 'download',
  about: 'the command downloading, verified, from a server that does nothing',
  async run(bench) {
    const sizeBytes = bench.profile.transferBytes
    const file = join(bench.folder, 'source.img')
    const copy = join(bench.folder, 'copy.img')
    const sha256 = await makeRandomFile(file, sizeBytes)
    const { url, env } = await startDiscarding(bench, file, sha256)
    const contenders: Contender[] = [
      commandContender({
        name: 'slipway download',
        role: 'ours',
        command: [process.execPath, slipwayScript(), 'download', 'bench', copy, '--force', '--quiet'],
        env,
        sizeBytes,
      }),
    ]
    if (bench.has('curl')) {
      const fetching = ['curl', '-sf', '-o', copy, `${url}/bytes`]
      contenders.push(commandContender({ name: 'curl -o, unverified', role: 'peer', command: fetching, sizeBytes }))
      if (bench.has('sha256sum')) {
        const command = ['sh', '-c', 'curl -sf -o "$1" "$2" && sha256sum "$1"', 'sh', copy, `${url}/bytes`]
        contenders.push(commandContender({ name: 'curl -o, then sha256sum', role: 'peer', command, sizeBytes }))
      }
    }
    contenders.push(...digestContenders(bench, file))
    return [
      {
        kind: 'comparison',
        id: 'download',
        title: 'Download, verified',
        how:
          `${sizeText(sizeBytes)} of random bytes over loopback to a file on a RAM disk, from the command's start to its ` +
          'end. Slipway has compared the SHA-256 by then; `curl` has not.',
        unit: 'GiB/s',
        subject: 'slipway download',
        contenders: await bench.measure(contenders),
      },
    ]
  },
}
