import { randomBytes } from 'node:crypto'
import type { ConformanceCase, Safety } from '../case.ts'
import { type Api, createApi } from '../http/api.ts'
import { createBytes } from '../http/bytes.ts'
import { createTransport } from '../http/transport.ts'
import { once } from '../once.ts'
import { bytesOf, fullPartSizeBytes } from '../payload.ts'
import { redact } from '../redact.ts'
import { NotApplicable } from '../violation.ts'
import type { CaseContext, SharedImages } from './case-context.ts'
import type { CaseResult } from './case-result.ts'
import { hearOutCreations } from './hear-out-creations.ts'
import { createImages } from './images.ts'
import { type CleanupReport, createLedger } from './ledger.ts'
import { reasonFromOptions, reasonFromServer } from './needs.ts'
import { runCase } from './run-case.ts'
import { learnServer, type ServerFacts } from './server-facts.ts'

export interface SessionOptions {
  /** Where the server is, with or without a `/v2` at the end. */
  readonly url: string
  readonly token: string
  /** Another account's token. Default: cases about other accounts are not run. */
  readonly secondToken?: string | undefined
  /** A token of the same account that may only read. Default: cases about it are not run. */
  readonly readerToken?: string | undefined
  /** The most that may be done to the account. Default: `creates`. Use `read-only` where anything else is unwelcome. */
  readonly safety?: Safety | undefined
  /** An id or resource path. Default: `sfc:workspace:<account>:default`. */
  readonly workspace?: string | undefined
  /** For each case. Default: 60 000. */
  readonly timeoutMs?: number | undefined
  /** Ends the run early; cleaning up goes on. */
  readonly signal?: AbortSignal | undefined
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** A server that cases are put to. */
export interface Session {
  readonly server: ServerFacts
  /** Everything that is reported went through it: no token and no presigned query is left. */
  redact(text: string): string
  /** Never throws: what goes wrong is the result. */
  run(conformanceCase: ConformanceCase): Promise<CaseResult>
  /** Deletes what the cases created. */
  close(): Promise<CleanupReport>
}

export const defaultTimeoutMs = 60_000
/** What the run creates bears this, so that a person can tell it from the rest after a crash of the kit. */
export const namePrefix = 'conformance-'
const cleanupTimeoutMs = 120_000

/** @throws {UnusableServerError} when the address, the token or the workspace is wrong */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { token, secondToken, readerToken, safety = 'creates', timeoutMs = defaultTimeoutMs } = options
  const runSignal = options.signal ?? new AbortController().signal
  const baseUrl = baseUrlOf(options.url)
  const transport = createTransport(options.fetch ? { fetch: options.fetch } : {})
  const tokens = [token, secondToken, readerToken].filter((value) => value !== undefined && value !== '') as string[]
  const hide = (text: string) => redact(text, tokens)

  let defaultImage: string | undefined
  const ledger = createLedger({ previousDefault: () => defaultImage })
  const pending = new Set<Promise<unknown>>()
  // Cleaning up must go on when the run was stopped.
  const cleaning = (bearer: string) =>
    createApi({ baseUrl, token: bearer, transport, signal: AbortSignal.timeout(cleanupTimeoutMs) })
  const apiAs = (bearer: string | undefined, signal: AbortSignal): Api => {
    const onAnswer = ledger.watch(async (...request) => await cleaning(bearer ?? token)(...request))
    const common = { baseUrl, token: bearer, transport, onAnswer }
    const patientApi: Api = async (...request) =>
      await createApi({ ...common, signal: AbortSignal.timeout(timeoutMs) })(...request)
    return hearOutCreations({ api: createApi({ ...common, signal }), patientApi, signal, pending })
  }

  const runId = randomBytes(4).toString('hex')
  let nameCount = 0
  const uniqueName = () => `${namePrefix}${runId}-${++nameCount}`
  const startSignal = AbortSignal.any([runSignal, AbortSignal.timeout(timeoutMs)])
  const startApi = apiAs(token, startSignal)
  const server = await learnServer({ api: startApi, baseUrl, workspace: options.workspace })
  if (safety === 'destructive') defaultImage = await findDefaultImage(startApi)

  const createContext = (signal: AbortSignal, onSent: (sizeBytes: number) => void): CaseContext => {
    const api = apiAs(token, signal)
    const bytes = createBytes({ transport, signal, onSent })
    return {
      server,
      baseUrl,
      api,
      anonymous: apiAs(undefined, signal),
      second: apiAs(secondToken, signal),
      reader: apiAs(readerToken, signal),
      apiWith: (bearer) => apiAs(bearer, signal),
      bytes,
      images: createImages({ api, bytes, workspace: server.workspaceRef, uniqueName }),
      shared,
      uniqueName,
      skip(reason) {
        throw new NotApplicable(reason)
      },
      timeoutMs,
      signal,
    }
  }

  let sharedBytes = 0
  const makeShared = (parts: () => readonly Uint8Array<ArrayBuffer>[]) =>
    once(async () => {
      const context = createContext(runSignal, (sizeBytes) => {
        sharedBytes += sizeBytes
      })
      return await context.images.completed(parts())
    })
  const shared: SharedImages = {
    small: makeShared(() => [bytesOf(1000, 7)]),
    large: makeShared(() => [bytesOf(fullPartSizeBytes, 8), bytesOf(1000, 9)]),
  }
  const available = {
    safety,
    hasSecondToken: secondToken !== undefined,
    hasReaderToken: readerToken !== undefined,
  }

  return {
    server,
    redact: hide,
    async run(conformanceCase) {
      const reason = reasonFromOptions(conformanceCase, available) ?? reasonFromServer(conformanceCase, server)
      if (reason !== undefined)
        return { case: conformanceCase, outcome: 'not-run', reason, durationMs: 0, sentBytes: 0 }
      const result = await runCase(conformanceCase, { createContext, runSignal, timeoutMs, redact: hide })
      // The bytes of a shared image are counted once, with the case that first wanted it or one beside it.
      const sentBytes = result.sentBytes + sharedBytes
      sharedBytes = 0
      return { ...result, sentBytes }
    },
    async close() {
      const heard = await Promise.allSettled(pending)
      const lostCount = heard.filter(({ status }) => status === 'rejected').length
      const { deletedCount, leftBehind } = await ledger.clean()
      const lost = `${lostCount} creations got no answer: look for ${namePrefix}${runId}-…`
      return { deletedCount, leftBehind: [...leftBehind, ...(lostCount > 0 ? [lost] : [])].map(hide) }
    },
  }
}

/** Only servers that tell which image is the default can have it back. */
async function findDefaultImage(api: Api): Promise<string | undefined> {
  const { body } = await api('GET', '/images?limit=200&workspace=sfc:workspace:sfcompute:public')
  const listed: unknown[] = Array.isArray(body?.data) ? body.data : []
  const found = listed.find((image) => (image as { is_default?: unknown }).is_default === true)
  const id = (found as { id?: unknown } | undefined)?.id
  return typeof id === 'string' ? id : undefined
}

/** People paste what their other clients take. */
export function baseUrlOf(url: string): string {
  return url.replace(/\/+$/, '').replace(/(?:\/preview)?\/v2$/, '')
}
