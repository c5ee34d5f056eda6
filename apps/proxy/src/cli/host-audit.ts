import { createAudit } from '../audit.ts'
import type { Database } from '../metadata/schema.ts'

interface HostEvent {
  readonly action: string
  readonly target: string
}

/** Records what somebody did on the machine itself, where no token tells who. */
export async function auditOnHost(db: Database, { action, target }: HostEvent): Promise<void> {
  const audit = createAudit({ db, log: quiet, now: Date.now })
  await audit({ account: null, actor: 'host', action, target, status: 200, request_id: null })
}

const quiet = { info: () => undefined, error: () => undefined }
