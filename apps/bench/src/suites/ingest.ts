import { randomFillSync } from 'node:crypto'
import { join } from 'node:path'
import type { Suite } from '../bench.ts'
import type { Contender } from '../figure.ts'
import type { ByteServer } from '../peers/byte-server.ts'
import { sendAll } from '../peers/raw-http.ts'
import { startTus } from '../peers/tus.ts'
import { startByteServers } from './byte-servers.ts'
import { gibPerSecond, secondsOf } from './command-contender.ts'
import { sizeText } from './size-text.ts'

/** The server's side of an upload. */
export const ingest: Suite = {
  name: 'ingest',
  about: 'servers taking in bytes from the plainest of clients',
  async run(bench) {
    const { partBytes, partCount } = bench.profile
    const part = randomFillSync(Buffer.allocUnsafeSlow(partBytes))
    const { ours, peers } = await startByteServers(bench)
    const tus = bench.atEnd(await startTus(join(bench.folder, 'tus')))
    const contenderOf = (server: ByteServer, name: string, isCompleted: boolean): Contender => ({
      name,
      role: server.role,
      async measure() {
        const stored = await server.open(part, partCount)
        const seconds = await secondsOf(async () => {
          await sendAll(stored.puts)
          if (isCompleted) await stored.complete()
        })
        await stored.remove()
        return { value: gibPerSecond(partBytes * partCount, seconds), peakRssBytes: await server.peakRssBytes() }
      },
    })
    const subject = 'slipway-proxy, until completed'
    const contenders = [
      contenderOf(ours, subject, true),
      contenderOf(ours, 'slipway-proxy, until acknowledged', false),
      ...[...peers, tus].map((peer) => contenderOf(peer, peer.name, true)),
    ]
    return [
      {
        kind: 'comparison',
        id: 'ingest',
        title: 'Server: taking in bytes',
        how:
          `${partCount} parts of ${sizeText(partBytes)} at a time over loopback from a plain socket, stored on a RAM disk ` +
          '(Ceph: in its memory store). Completed: the server has computed and compared the SHA-256 of the whole image. ' +
          "Slipway syncs every part and its folder before it answers; nginx and tus do not. Glance computes digests, too. Nginx has one worker; Ceph's memory is that of its three processes.",
        unit: 'GiB/s',
        subject,
        contenders: await bench.measure(contenders),
      },
    ]
  },
}
