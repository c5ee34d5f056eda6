import { fileURLToPath } from 'node:url'

/** @returns the path of one of `programs/`, as built */
export function programPath(name: string): string {
  return fileURLToPath(new URL(`../../dist/programs/${name}.js`, import.meta.url))
}

/** @returns the path of the `slipway` command's script */
export function slipwayScript(): string {
  return fileURLToPath(new URL('bin/slipway.js', import.meta.resolve('@slipway/cli/package.json')))
}
