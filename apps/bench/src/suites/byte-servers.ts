import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import type { ByteServer } from '../peers/byte-server.ts'
import { startCeph } from '../peers/ceph.ts'
import { startGlance } from '../peers/glance.ts'
import { startNginx } from '../peers/nginx.ts'
import { type SlipwayProxy, startSlipwayProxy } from '../peers/slipway-proxy.ts'

export interface ByteServers {
  readonly ours: SlipwayProxy
  /** Those that this machine has. */
  readonly peers: readonly ByteServer[]
}

/** The proxy and every peer that both takes bytes in and gives them out. */
export async function startByteServers(bench: Bench): Promise<ByteServers> {
  const folder = (name: string) => join(bench.folder, name)
  const ours = bench.atEnd(await startSlipwayProxy({ dataDir: folder('proxy') }))
  const others = [
    await bench.start('nginx', () => startNginx(folder('nginx'))),
    await bench.start('Ceph RGW', () => startCeph(folder('ceph'))),
    await bench.start('Glance', () => startGlance(folder('glance'))),
  ]
  return { ours, peers: others.filter((server) => server !== undefined) }
}
