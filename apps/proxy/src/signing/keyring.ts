import type { Logger } from 'pino'
import type { Database } from '../metadata/schema.ts'
import { ensureSecrets, type Secret } from '../metadata/secrets.ts'

/** The keys that sign URLs, newest first, as they are in the database by and by. */
export interface Keyring {
  secrets(): readonly Secret[]
  /** Reads them again: another process may have rotated them. */
  refresh(): Promise<void>
}

export interface KeyringOptions {
  readonly db: Database
  readonly now: () => number
  readonly log: Pick<Logger, 'warn'>
}

export async function createKeyring({ db, now, log }: KeyringOptions): Promise<Keyring> {
  let secrets = await ensureSecrets(db, 'url-signing', now())
  return {
    secrets: () => secrets,
    async refresh() {
      try {
        secrets = await ensureSecrets(db, 'url-signing', now())
      } catch (error) {
        log.warn({ err: error }, 'the signing keys could not be read again')
      }
    },
  }
}
