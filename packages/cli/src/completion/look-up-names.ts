import type { Client } from '@slipway/sdk'
import { loadConfig } from '../config.ts'
import { readConfigFile } from '../config-file.ts'
import { profileNames } from '../edit-config-file.ts'
import type { Host } from '../host.ts'
import { configFilePath } from '../user-folders.ts'
import type { Candidate } from './complete-words.ts'

/** Who presses Tab waits no longer than this. */
const patienceMs = 1_500
/** One page: more names than this are no help at a prompt. */
const maxNames = 200

export interface LookUpOptions {
  readonly kind: 'image' | 'workspace' | 'profile'
  readonly current: string
  /** Of the words typed: the settings they give hold for the look-up too. */
  readonly flags: {
    readonly apiUrl?: string | undefined
    readonly token?: string | undefined
    readonly profile?: string | undefined
  }
}

export async function lookUpNames({ kind, current, flags }: LookUpOptions, host: Host): Promise<Candidate[]> {
  const options = { flags, env: host.env, homeDirectory: host.homeDirectory }
  if (kind === 'profile') {
    const file = await readConfigFile(configFilePath(host.env, host.homeDirectory))
    return matching(
      profileNames(file).map((value) => ({ value, summary: '' })),
      current,
    )
  }
  const { apiUrl, token } = await loadConfig(options)
  if (!token) return []
  const sdk = await host.loadSdk()
  const client = sdk.createClient({
    apiUrl: apiUrl.value,
    token: token.value,
    maxAttempts: 1,
    timeoutMs: patienceMs,
  })
  try {
    const signal = AbortSignal.timeout(patienceMs)
    const found = kind === 'image' ? await imageNames(client, current, signal) : await workspaceNames(client, signal)
    return matching(found, current)
  } finally {
    await client.close()
  }
}

/** Names, as they are meant to be typed; ids once one has begun to type an id. */
async function imageNames(client: Client, current: string, signal: AbortSignal): Promise<Candidate[]> {
  const found: Candidate[] = []
  for await (const { id, name, workspace, uploadStatus } of client.images.list({ pageSize: maxNames, signal })) {
    if (current.startsWith('image_')) found.push({ value: id, summary: name })
    // A bare name is looked up in `default` only.
    else if (workspace === 'default') found.push({ value: name, summary: uploadStatus })
    if (found.length === maxNames) break
  }
  return found
}

async function workspaceNames(client: Client, signal: AbortSignal): Promise<Candidate[]> {
  const found: Candidate[] = []
  for await (const { name, id } of client.workspaces.list({ signal })) found.push({ value: name, summary: id })
  return found
}

function matching(candidates: readonly Candidate[], current: string): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(current))
}
