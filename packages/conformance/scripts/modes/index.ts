import type { Mode } from './mode.ts'
import { sqliteFilesystem } from './sqlite-filesystem.ts'
import { upstreamMode } from './upstream.ts'

/** Every way to set up a server that the kit must be green over, by the name that `--mode` takes. */
export const modes: Readonly<Record<string, Mode>> = {
  'sqlite-filesystem': sqliteFilesystem,
  'upstream-direct': upstreamMode('direct'),
  'upstream-relay': upstreamMode('relay'),
}
