import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { programPath, slipwayScript } from '../peers/program-path.ts'
import { runCommand } from '../peers/run-command.ts'
import { type SlipwayProxy, startSlipwayProxy } from '../peers/slipway-proxy.ts'
import { commandContender } from './command-contender.ts'
import { slipwayEnv } from './discarding.ts'
import type { Service, ServiceOptions } from './services.ts'

/** The `slipway` command and the proxy, and the official client's way to the same proxy. */
export async function slipwayService(bench: Bench, { file, copy, sizeBytes }: ServiceOptions): Promise<Service> {
  const proxy = bench.atEnd(await startSlipwayProxy({ dataDir: join(bench.folder, 'proxy') }))
  const env = slipwayEnv({ url: proxy.url, token: proxy.token, folder: bench.folder })
  const slipway = [process.execPath, slipwayScript()]
  await runCommand([...slipway, 'upload', file, '--name', 'kept', '--quiet'], env)
  const after = () => removeAllBut(proxy, 'kept')
  return {
    pushes: [
      commandContender({
        name: 'slipway → slipway-proxy',
        role: 'ours',
        command: [...slipway, 'upload', file, '--name', 'bench', '--quiet'],
        env,
        sizeBytes,
        after,
      }),
      commandContender({
        name: "official client's way → slipway-proxy",
        role: 'peer',
        command: [process.execPath, programPath('whole-parts'), proxy.url, file],
        env,
        sizeBytes,
        after,
      }),
    ],
    pulls: [
      commandContender({
        name: 'slipway ← slipway-proxy',
        role: 'ours',
        command: [...slipway, 'download', 'kept', copy, '--force', '--quiet'],
        env,
        sizeBytes,
      }),
    ],
  }
}

async function removeAllBut(proxy: SlipwayProxy, name: string): Promise<void> {
  const { data } = (await proxy.api('GET', '/v2/images')) as unknown as { data: { id: string; name: string }[] }
  for (const image of data) if (image.name !== name) await proxy.removeImage(image.id)
}
