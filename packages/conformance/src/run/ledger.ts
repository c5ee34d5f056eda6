import { type Answer, describeAnswer, isOk } from '../http/answer.ts'
import type { Api } from '../http/api.ts'
import { isCreation } from './hear-out-creations.ts'

/** Remembers what the run created, so that it can be deleted again. */
export interface Ledger {
  /** Hears of every answer that one token's API gave. */
  watch(clean: Api): (method: string, path: string, answer: Answer) => void
  /** Deletes what is left, images before workspaces. */
  clean(): Promise<CleanupReport>
}

export interface CleanupReport {
  readonly deletedCount: number
  /** What could not be deleted, and why. */
  readonly leftBehind: readonly string[]
}

interface Entry {
  readonly path: string
  readonly clean: Api
}

const concurrency = 4

export interface LedgerOptions {
  /** The default image before the run: it is made the default again, because a default one cannot be deleted. */
  readonly previousDefault: () => string | undefined
}

export function createLedger({ previousDefault }: LedgerOptions): Ledger {
  const entries = new Map<string, Entry>()
  let moveDefaultBack: (() => Promise<unknown>) | undefined
  let newDefault: string | undefined
  let deletedCount = 0

  return {
    watch: (clean) => (method, path, answer) => {
      if (!isOk(answer)) return
      const id = answer.body?.id
      if (isCreation(method, path) && typeof id === 'string') {
        const entry = { path: `${path}/${id}`, clean }
        entries.set(entry.path, entry)
      }
      if (method === 'DELETE' && entries.delete(path)) deletedCount++
      const madeDefault = method === 'POST' ? /^\/admin(\/images\/[^/]+)\/set-default$/.exec(path)?.[1] : undefined
      if (madeDefault !== undefined) {
        newDefault = madeDefault
        const previous = previousDefault()
        if (previous) moveDefaultBack = async () => await clean('POST', `/admin/images/${previous}/set-default`)
      }
    },
    async clean() {
      await moveDefaultBack?.()
      const leftBehind: string[] = []
      for (const kind of ['/images/', '/workspaces/']) {
        const due = [...entries.values()].filter(({ path }) => path.startsWith(kind))
        const work = async () => {
          for (let entry = due.shift(); entry; entry = due.shift()) {
            const isDefault = entry.path === newDefault && !moveDefaultBack
            const reason = isDefault ? defaultReason(entry) : await remove(entry)
            entries.delete(entry.path)
            if (reason === undefined) deletedCount++
            else leftBehind.push(reason)
          }
        }
        await Promise.all(Array.from({ length: concurrency }, work))
      }
      return { deletedCount, leftBehind }
    },
  }
}

/** There was no default image before, and one cannot be deleted. */
function defaultReason({ path }: Entry): string {
  return `${path} is the default image now: make another one the default, then delete it`
}

/** @returns why it is still there, or undefined */
async function remove({ path, clean }: Entry): Promise<string | undefined> {
  try {
    const answer = await clean('DELETE', path)
    return isOk(answer) || answer.status === 404 ? undefined : describeAnswer(answer)
  } catch (error) {
    return `${path}: ${error instanceof Error ? error.message : String(error)}`
  }
}
