import type { Answer } from '../http/answer.ts'
import type { Api } from '../http/api.ts'

export interface HearOutOptions {
  /** Its requests end with the case. */
  readonly api: Api
  /** Its requests go on after the case. */
  readonly patientApi: Api
  /** The end of the case. */
  readonly signal: AbortSignal
  /** Whoever cleans up waits for these first. */
  readonly pending: Set<Promise<unknown>>
}

/**
 * A request that was cut may have created something all the same, which nobody then knows of. So creations are heard out,
 * while the case that asked for them ends in time.
 */
export function hearOutCreations({ api, patientApi, signal, pending }: HearOutOptions): Api {
  return async (method, path, request) => {
    if (!isCreation(method, path)) return await api(method, path, request)
    signal.throwIfAborted()
    const creation = patientApi(method, path, request)
    pending.add(creation)
    creation.then(
      () => pending.delete(creation),
      // A failed one stays: what it did is not known.
      () => undefined,
    )
    return await untilAborted(creation, signal)
  }
}

export function isCreation(method: string, path: string): boolean {
  return method === 'POST' && (path === '/images' || path === '/workspaces')
}

function untilAborted(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
