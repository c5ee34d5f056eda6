import { randomFillSync } from 'node:crypto'
import type { Suite } from '../bench.ts'
import type { Contender } from '../figure.ts'
import type { ByteServer } from '../peers/byte-server.ts'
import { sendAll } from '../peers/raw-http.ts'
import { startByteServers } from './byte-servers.ts'
import { gibPerSecond, secondsOf } from './command-contender.ts'
import { sizeText } from './size-text.ts'

/** The server's side of a download. */
export const egress: Suite = {
  name: 'egress',
  about: 'servers giving out bytes to the plainest of clients',
  async run(bench) {
    const { partBytes, partCount } = bench.profile
    const part = randomFillSync(Buffer.allocUnsafeSlow(partBytes))
    const { ours, peers } = await startByteServers(bench)
    const contenders: Contender[] = []
    for (const server of [ours, ...peers]) contenders.push(await contenderOf({ server, part, partCount }))
    return [
      {
        kind: 'comparison',
        id: 'egress',
        title: 'Server: giving out bytes',
        how:
          `${partCount} × ${sizeText(partBytes)} at a time over loopback to a plain socket, from a RAM disk: ranges of one ` +
          'image from Slipway, one object each from the others. Tus is a protocol for uploads alone.',
        unit: 'GiB/s',
        subject: ours.name,
        contenders: await bench.measure(contenders),
      },
    ]
  },
}

interface EgressOptions {
  readonly server: ByteServer
  readonly part: Buffer
  readonly partCount: number
}

async function contenderOf({ server, part, partCount }: EgressOptions): Promise<Contender> {
  const stored = await server.open(part, partCount)
  await sendAll(stored.puts)
  await stored.complete()
  return {
    name: server.name,
    role: server.role,
    async measure() {
      const requests = await stored.gets()
      const seconds = await secondsOf(async () => {
        const answers = await sendAll(requests)
        const short = answers.find(({ bodyBytes }) => bodyBytes !== part.length)
        if (short) throw new Error(`${short.bodyBytes} bytes came instead of ${part.length}`)
      })
      return { value: gibPerSecond(part.length * partCount, seconds), peakRssBytes: await server.peakRssBytes() }
    },
  }
}
