import { capabilitiesSchema, isName, type WireCapabilities } from '@slipway/core'
import { describeAnswer, isOk } from '../http/answer.ts'
import type { Api } from '../http/api.ts'

/** What the kit has to know about server and token before it can choose what to run. */
export interface ServerFacts {
  readonly account: string
  readonly role: string
  /** Where images are created: what `--workspace` says, else the account's default one. */
  readonly workspaceRef: string
  readonly isDefaultWorkspace: boolean
  /** Undefined: the server announces nothing. */
  readonly capabilities: WireCapabilities | undefined
}

/** The kit cannot even begin: the address, the token or the workspace is wrong. */
export class UnusableServerError extends Error {
  override readonly name = 'UnusableServerError'
}

export interface LearnServerOptions {
  readonly api: Api
  readonly baseUrl: string
  readonly workspace: string | undefined
}

/** @throws {UnusableServerError} saying in one line what to change */
export async function learnServer({ api, baseUrl, workspace }: LearnServerOptions): Promise<ServerFacts> {
  const me = await reach(async () => await api('GET', '/v1/account/me', { prefix: '' }), baseUrl)
  if (me.status === 401) throw new UnusableServerError('the server refuses the token (401): check --token')
  const account = me.body?.id
  if (!isOk(me) || !isName(account)) {
    throw new UnusableServerError(`this does not look like a server of the Images API: ${describeAnswer(me)}`)
  }
  const defaultRef = `sfc:workspace:${account}:default`
  const workspaceRef = workspace ?? defaultRef
  const found = await api('GET', `/images?limit=1&workspace=${encodeURIComponent(workspaceRef)}`)
  if (found.status === 404 && workspace !== undefined) {
    throw new UnusableServerError(`there is no workspace ${workspace} for this token: check --workspace`)
  }
  const announced = await api('GET', '/capabilities')
  return {
    account,
    role: String(me.body?.role ?? 'unknown'),
    workspaceRef,
    isDefaultWorkspace: workspaceRef === defaultRef,
    capabilities: isOk(announced) ? capabilitiesOf(announced.body) : undefined,
  }
}

/** Announced in another form than documented is still announced: the case about the form says so. */
function capabilitiesOf(body: unknown): WireCapabilities | undefined {
  const parsed = capabilitiesSchema.safeParse(body)
  if (parsed.success) return parsed.data
  return typeof body === 'object' && body !== null ? (body as WireCapabilities) : undefined
}

async function reach<Value>(ask: () => Promise<Value>, baseUrl: string): Promise<Value> {
  try {
    return await ask()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UnusableServerError(`no answer from ${new URL(baseUrl).origin} (${reason}): check --url`)
  }
}
