import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The proxy's tests start the same engines: what they start them with is run from its source. */
export const proxyTestDirectory = join(
  dirname(createRequire(import.meta.url).resolve('@slipway/proxy/package.json')),
  'test',
)
