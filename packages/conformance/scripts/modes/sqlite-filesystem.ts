import type { Mode } from './mode.ts'
import { startProxy } from './start-proxy.ts'

/** The proxy as it is without any setting. */
export const sqliteFilesystem: Mode = {
  summary: 'slipway-proxy on SQLite and plain files',
  start: () => startProxy(),
}
