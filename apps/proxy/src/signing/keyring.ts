import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Database } from '../metadata/schema.ts'
import { ensureSecrets, type Secret } from '../metadata/secrets.ts'

/** The keys that sign URLs, newest first, as they are in the database by and by. */
export interface Keyring {
  secrets(): readonly Secret[]
  /** Reads them again: another process may have rotated them. */
  refresh(): Promise<void>
  /** The key of that id. One that is not known yet is looked for in the database: another replica may sign with it already. */
  find(id: string): Promise<Secret | undefined>
}

export interface KeyringOptions {
  readonly db: Database
  readonly now: () => number
  readonly log: Pick<Logger, 'warn'>
  /** Between two readings for unknown ids, which anybody can make up. Default: one second. */
  readonly searchIntervalMs?: number
}

const defaultSearchIntervalMs = 1000
const idPattern = /^[\w-]{8}$/

export async function createKeyring(options: KeyringOptions): Promise<Keyring> {
  const { db, now, log, searchIntervalMs = defaultSearchIntervalMs } = options
  let secrets = await ensureSecrets(db, 'url-signing', now())
  let searching: Promise<void> | undefined
  let searchedAtMs = Number.NEGATIVE_INFINITY

  const refresh = async () => {
    try {
      secrets = await ensureSecrets(db, 'url-signing', now())
    } catch (error) {
      log.warn({ err: error }, 'the signing keys could not be read again')
    }
  }
  // All who search at one time share one reading that begins after the last of them came.
  const search = async () => {
    await wait(Math.max(0, searchedAtMs + searchIntervalMs - performance.now()))
    searching = undefined
    searchedAtMs = performance.now()
    await refresh()
  }
  const known = (id: string) => secrets.find((secret) => secret.id === id)
  return {
    secrets: () => secrets,
    refresh,
    async find(id) {
      const found = known(id)
      if (found || !idPattern.test(id)) return found
      searching ??= search()
      await searching
      return known(id)
    },
  }
}
