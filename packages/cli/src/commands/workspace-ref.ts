import type { Client } from '@slipway/sdk'

/**
 * Makes a workspace reference of what people type: an id and a resource path stay as they are, and a bare name is one
 * of the account's own workspaces.
 */
export async function expandWorkspace(text: string, client: Client, signal: AbortSignal): Promise<string> {
  if (text.startsWith('wksp_') || text.includes(':')) return text
  const account = await client.account.get({ signal })
  return `sfc:workspace:${account.id}:${text}`
}
