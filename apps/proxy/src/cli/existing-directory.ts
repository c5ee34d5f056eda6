import { existsSync } from 'node:fs'
import { type DataDirectory, dataDirectoryAt } from '../data-directory.ts'
import { CliError } from './cli-error.ts'

/**
 * The data folder of an installation that is there: beginning one would hide that its name was mistyped.
 * @throws {CliError}
 */
export function existingDirectoryAt(dataDir: string): DataDirectory {
  const directory = dataDirectoryAt(dataDir)
  if (existsSync(directory.databasePath)) return directory
  throw new CliError(`there is no installation in ${dataDir}: check --data; \`serve\` and \`token create\` begin one`)
}
