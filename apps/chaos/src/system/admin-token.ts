import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { slipwayProxyFile } from './programs.ts'

/** Makes an administrator's token for the server of a data folder. */
export async function createAdminToken(options: {
  readonly dataDirectory: string
  readonly env: Readonly<Record<string, string>>
}): Promise<string> {
  const { dataDirectory, env } = options
  const args = ['token', 'create', '--data', dataDirectory, '--name', 'chaos', '--role', 'admin', '--quiet']
  const { stdout } = await promisify(execFile)(process.execPath, [slipwayProxyFile, ...args], { env })
  return stdout.trim()
}
