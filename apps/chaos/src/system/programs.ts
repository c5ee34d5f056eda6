import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The two commands as a user would start them: the files that the packages' `bin` names. */
export const slipwayFile = fileOf('@slipway/cli', 'slipway')
export const slipwayProxyFile = fileOf('@slipway/proxy', 'slipway-proxy')

function fileOf(packageName: string, name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`)
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> }
  return join(dirname(manifest), bin[name] ?? '')
}
