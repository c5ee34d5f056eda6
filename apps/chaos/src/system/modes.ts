import { startLocalSystem } from './local-system.ts'
import type { StartSystem } from './system.ts'

/** By the name that `--mode` takes. */
export const modes: Readonly<Record<string, StartSystem>> = {
  local: startLocalSystem,
}
