import { join } from 'node:path'
import { type ChildServer, startChildServer } from './child-server.ts'
import { programPath } from './program-path.ts'

/** The yardstick of small requests, over the database of a proxy that is running. */
export async function startBareHono(proxyDataDir: string, folder: string): Promise<ChildServer> {
  const databases = [join(proxyDataDir, 'slipway.db'), join(folder, 'bare-hono.db')]
  return await startChildServer({ command: [process.execPath, programPath('bare-hono-server'), ...databases] })
}
