import { startLocalSystem } from './local-system.ts'
import { startPostgresS3System } from './postgres-s3-system.ts'
import type { StartSystem } from './system.ts'
import { startUpstreamSystem } from './upstream-system.ts'

/** By the name that `--mode` takes. */
export const modes: Readonly<Record<string, StartSystem>> = {
  local: startLocalSystem,
  'upstream-direct': startUpstreamSystem('direct'),
  'upstream-relay': startUpstreamSystem('relay'),
  'postgres-s3': startPostgresS3System,
}
