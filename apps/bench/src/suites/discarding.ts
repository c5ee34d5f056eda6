import type { Bench } from '../bench.ts'
import { startChildServer } from '../peers/child-server.ts'
import { programPath } from '../peers/program-path.ts'

export interface Discarding {
  readonly url: string
  /** Makes the commands find the server, and keep their records where nobody else's are. */
  readonly env: Readonly<Record<string, string>>
}

/** A server of the API that does nothing, so that what is measured is the client. It gives out `file`. */
export async function startDiscarding(bench: Bench, file: string, sha256 = ''): Promise<Discarding> {
  const command = [process.execPath, programPath('discard-server'), file, sha256]
  const { url } = bench.atEnd(await startChildServer({ command }))
  return { url, env: slipwayEnv({ url, token: 'bench', folder: bench.folder }) }
}

export interface SlipwayEnvOptions {
  readonly url: string
  readonly token: string
  readonly folder: string
}

export function slipwayEnv({ url, token, folder }: SlipwayEnvOptions): Record<string, string> {
  return { SLIPWAY_API_URL: url, SLIPWAY_TOKEN: token, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder }
}
