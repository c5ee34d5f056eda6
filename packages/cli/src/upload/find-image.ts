import type { Client, Image } from '@slipway/sdk'

export interface FindImageOptions {
  readonly name: string
  /** A workspace id or resource path; default: the account's `default`. */
  readonly workspace: string | undefined
  readonly signal: AbortSignal
}

/** The image of that name, by its resource path: a bare name that looks like an id would be taken for one. */
export async function findImage(
  client: Client,
  { name, workspace, signal }: FindImageOptions,
): Promise<Image | undefined> {
  const path = await workspacePath(client, workspace, signal)
  try {
    return await client.images.get(`${path.replace('sfc:workspace:', 'sfc:image:')}:${name}`, { signal })
  } catch (error) {
    // A workspace that is not there is told, in the server's words, when the upload asks for it.
    if ((error as Error).name === 'NotFoundError') return undefined
    throw error
  }
}

async function workspacePath(client: Client, workspace: string | undefined, signal: AbortSignal): Promise<string> {
  if (workspace === undefined) return `sfc:workspace:${(await client.account.get({ signal })).id}:default`
  if (workspace.startsWith('sfc:')) return workspace
  return (await client.workspaces.get(workspace, { signal })).resourcePath
}
