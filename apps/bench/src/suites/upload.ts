import { join } from 'node:path'
import type { Suite } from '../bench.ts'
import type { Contender } from '../figure.ts'
import { programPath, slipwayScript } from '../peers/program-path.ts'
import { commandContender } from './command-contender.ts'
import { startDiscarding } from './discarding.ts'
import { digestContenders } from './limits.ts'
import { makeRandomFile } from './random-file.ts'
import { sizeText } from './size-text.ts'

/** The client's side of an upload. */
export const upload: Suite = {
  name: 'upload',
  about: 'the command uploading, with the digest, to a server that does nothing',
  async run(bench) {
    const sizeBytes = bench.profile.transferBytes
    const file = join(bench.folder, 'source.img')
    const sha256 = await makeRandomFile(file, sizeBytes)
    const { url, env } = await startDiscarding(bench, file, sha256)
    const node = process.execPath
    const contenders: Contender[] = [
      commandContender({
        name: 'slipway upload',
        role: 'ours',
        command: [node, slipwayScript(), 'upload', file, '--name', 'bench', '--quiet'],
        env,
        sizeBytes,
      }),
      commandContender({
        name: "official client's way",
        role: 'peer',
        command: [node, programPath('whole-parts'), url, file],
        env,
        sizeBytes,
      }),
    ]
    if (bench.has('curl')) {
      const command = ['curl', '-sf', '-o', '/dev/null', '-T', file, `${url}/put`]
      contenders.push(commandContender({ name: 'curl -T, no digest', role: 'peer', command, sizeBytes }))
      if (bench.has('sha256sum')) {
        const both = ['sh', '-c', 'sha256sum "$1" && curl -sf -o /dev/null -T "$1" "$2"', 'sh', file, `${url}/put`]
        contenders.push(commandContender({ name: 'sha256sum, then curl -T', role: 'peer', command: both, sizeBytes }))
      }
    }
    contenders.push(...digestContenders(bench, file))
    return [
      {
        kind: 'comparison',
        id: 'upload',
        title: 'Upload with digest',
        how:
          `${sizeText(sizeBytes)} of random bytes from a RAM disk over loopback to a server that throws them away, from the ` +
          "command's start to its end. The official client's way: whole parts of 64 MiB in memory, one at a time, then the " +
          'file once more for its digest. An upload with a digest cannot beat the fastest of the SHA-256 lines.',
        unit: 'GiB/s',
        subject: 'slipway upload',
        contenders: await bench.measure(contenders),
      },
    ]
  },
}
