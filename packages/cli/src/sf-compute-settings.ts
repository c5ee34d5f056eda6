import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { shellWord } from './config-file.ts'

/** The variables that users of SF Compute have already, the first one that is set. */
export const sfComputeTokenVariables = ['SF_API_KEY', 'SF_BEARER_TOKEN'] as const

export interface SfComputeFile {
  readonly token: string
  readonly path: string
  /** Its own tool does not care who can read it. */
  readonly warning: string | undefined
}

/** May a credential of SF Compute go there? Never to any other host, nor in the clear. */
export function isSfCompute(apiUrl: string): boolean {
  const url = URL.parse(apiUrl)
  if (url?.protocol !== 'https:') return false
  return url.hostname === 'sfcompute.com' || url.hostname.endsWith('.sfcompute.com')
}

/** Reads the token that SF Compute's own `sf login` stores. What is not there, or not as expected, is not ours to judge. */
export async function readSfComputeFile(homeDirectory: string): Promise<SfComputeFile | undefined> {
  const path = join(homeDirectory, '.sfcompute', 'config')
  const file = await open(path).catch(() => undefined)
  if (!file) return undefined
  try {
    const { mode } = await file.stat()
    const token = tokenOf(await file.readFile('utf8'))
    if (token === undefined) return undefined
    const isShared = process.platform !== 'win32' && (mode & 0o077) !== 0
    const warning = `other users of this machine can read the token in ${path}: chmod 600 ${shellWord(path)}`
    return { token, path, warning: isShared ? warning : undefined }
  } finally {
    await file.close()
  }
}

function tokenOf(text: string): string | undefined {
  try {
    const { auth_token: token } = JSON.parse(text) as { auth_token?: unknown }
    return typeof token === 'string' && token !== '' ? token : undefined
  } catch {
    // Not JSON, or null: then it is not that tool's file.
    return undefined
  }
}
