import { createToken } from '../auth/tokens.ts'
import type { Database } from '../metadata/schema.ts'
import { listTokens } from '../metadata/tokens.ts'
import { defaultAccountName } from '../workspaces/default-workspace.ts'

interface QuickstartOptions {
  readonly db: Database
  readonly url: string
  /** Absolute. */
  readonly dataPath: string
  readonly now: () => number
}

/** What `--quickstart` prints: where things are and what to type next. Makes a token when there is none yet. */
export async function quickstart({ db, url, dataPath, now }: QuickstartOptions): Promise<string> {
  const hasTokens = (await listTokens(db)).length > 0
  const lines = [`The Images API is served at ${url}`, `Its data is in ${dataPath}`, '']
  if (hasTokens) {
    lines.push(
      'Tokens were made at an earlier start. They are stored as hashes only, so they cannot be shown again.',
      'Make another one:',
      '',
      `  npx -y pnpm@12 exec slipway-proxy token create --data ${quote(dataPath)} --name NAME --role admin`,
      '',
      'Paste it into these lines, in another terminal, and upload an image:',
      '',
      `  export SLIPWAY_API_URL=${url}`,
      '  export SLIPWAY_TOKEN=<the token>',
    )
  } else {
    const { token } = await createToken(db, {
      name: 'quickstart',
      role: 'admin',
      account: defaultAccountName,
      nowMs: now(),
    })
    lines.push(
      'This is an admin token, made just now and shown this once. In another terminal, paste:',
      '',
      `  export SLIPWAY_API_URL=${url}`,
      `  export SLIPWAY_TOKEN=${token}`,
      '',
      'and upload an image:',
      '',
    )
  }
  lines.push('  npx -y pnpm@12 exec slipway images upload disk.img', '', 'Ctrl-C stops the server.', '')
  return lines.join('\n')
}

function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
