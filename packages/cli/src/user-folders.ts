import { isAbsolute, join } from 'node:path'
import { type Environment, isSet } from './environment.ts'

/** Where unfinished uploads are noted, so that the same command goes on with them. */
export function journalDirectory(env: Environment, homeDirectory: string): string {
  return join(xdgBase(env.XDG_STATE_HOME) ?? join(homeDirectory, '.local', 'state'), 'slipway', 'uploads')
}

export function configFilePath(env: Environment, homeDirectory: string): string {
  return join(xdgBase(env.XDG_CONFIG_HOME) ?? join(homeDirectory, '.config'), 'slipway', 'config.json')
}

/** The XDG Base Directory Specification: a relative path is invalid and to be ignored. */
function xdgBase(value: string | undefined): string | undefined {
  return isSet(value) && isAbsolute(value) ? value : undefined
}
