import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { slipwayProxyFile } from './programs.ts'

/** Makes an administrator's token for the server of a data folder, or of the database that `env` names. */
export async function createAdminToken(options: {
  readonly dataDirectory: string | undefined
  readonly env: Readonly<Record<string, string>>
}): Promise<string> {
  const { dataDirectory, env } = options
  const place = dataDirectory === undefined ? [] : ['--data', dataDirectory]
  const args = ['token', 'create', ...place, '--name', 'chaos', '--role', 'admin', '--quiet']
  const { stdout } = await promisify(execFile)(process.execPath, [slipwayProxyFile, ...args], { env })
  return stdout.trim()
}
