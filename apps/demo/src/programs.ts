import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The two commands as a user would start them: the file that the package's `bin` names, run by this same Node. */
export interface Program {
  readonly name: string
  readonly file: string
}

export const slipway = findProgram('@slipway/cli', 'slipway')
export const slipwayProxy = findProgram('@slipway/proxy', 'slipway-proxy')

function findProgram(packageName: string, name: string): Program {
  const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`)
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> }
  return { name, file: join(dirname(manifest), bin[name] ?? '') }
}
