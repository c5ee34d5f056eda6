import type { Logger } from 'pino'
import { openProfile, type Profile, readProfile } from './profile.ts'

export interface ProfileStore {
  current(): Profile
  /** Reads the file again; one that is not right changes nothing and is told to the log. */
  reload(): void
}

export interface ProfileStoreOptions {
  /** Undefined: nothing is limited. */
  readonly path: string | undefined
  readonly bytes: 'direct' | 'relay'
  readonly log: Pick<Logger, 'info' | 'error'>
}

/** @throws {ConfigError} when the file is not right at the start */
export function createProfileStore({ path, bytes, log }: ProfileStoreOptions): ProfileStore {
  let profile = path === undefined ? openProfile : readProfile(path, { bytes })
  return {
    current: () => profile,
    reload() {
      if (path === undefined) return
      try {
        profile = readProfile(path, { bytes })
        log.info({ path }, 'the upstream profile was read again')
      } catch (error) {
        log.error({ path, reason: (error as Error).message }, 'the upstream profile stays as it was')
      }
    },
  }
}
