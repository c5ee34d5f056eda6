import { type Environment, isSet } from './environment.ts'

/** How the user wants output to look, as far as the environment says. */
export interface DisplaySettings {
  /** `NO_COLOR` (https://no-color.org): any value but the empty one. */
  readonly noColor: boolean
  readonly forceColor: boolean
  /** `TERM=dumb`: a terminal that cannot move its cursor. */
  readonly isDumb: boolean
  /** A build log: lines are kept, so a bar that redraws itself would fill it. */
  readonly isCi: boolean
}

export function displaySettings(env: Environment): DisplaySettings {
  return {
    noColor: isSet(env.NO_COLOR),
    forceColor: isSet(env.FORCE_COLOR) && env.FORCE_COLOR !== '0',
    isDumb: env.TERM === 'dumb',
    isCi: isSet(env.CI) && env.CI !== 'false' && env.CI !== '0',
  }
}
