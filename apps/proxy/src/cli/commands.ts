import { roles } from '@slipway/core'
import type { Command } from './command.ts'

const data = {
  type: 'string',
  requiresArg: true,
  describe: 'Folder of the database and the bytes [SLIPWAY_DATA_DIR]',
} as const

export const serveCommand: Command = {
  usage: 'serve',
  summary: 'Serve the Images API',
  options: {
    data,
    host: { type: 'string', requiresArg: true, describe: 'Address to listen on [SLIPWAY_HOST; 127.0.0.1]' },
    port: { type: 'string', requiresArg: true, describe: 'Port to listen on, 0 for any free one [SLIPWAY_PORT; 8080]' },
    'public-url': {
      type: 'string',
      requiresArg: true,
      describe: "Scheme and host of presigned URLs [SLIPWAY_PUBLIC_URL; each request's own]",
    },
    'log-level': { type: 'string', requiresArg: true, describe: 'Least level to log [SLIPWAY_LOG_LEVEL; info]' },
    quickstart: { type: 'boolean', describe: 'Make an admin token on the first start and say what to type next' },
  },
  load: async () => (await import('./serve.ts')).serve,
}

export const tokenCommands: readonly Command[] = [
  {
    usage: 'create',
    summary: 'Make a token; it is shown once',
    options: {
      data,
      name: { type: 'string', requiresArg: true, demandOption: true, describe: 'What it is for' },
      role: { choices: roles, requiresArg: true, demandOption: true, describe: 'What it may do' },
      'expires-in': { type: 'string', requiresArg: true, default: '90', describe: 'Days until it expires' },
      quiet: { type: 'boolean', describe: 'Print the token alone' },
    },
    load: async () => (await import('./token-create.ts')).tokenCreate,
  },
  {
    usage: 'list',
    summary: 'List the tokens, not their secrets',
    options: { data, json: { type: 'boolean', describe: 'One JSON array' } },
    load: async () => (await import('./token-list.ts')).tokenList,
  },
  {
    usage: 'revoke <token>',
    summary: 'Make a token useless at once, by its name or id',
    options: { data },
    load: async () => (await import('./token-revoke.ts')).tokenRevoke,
  },
]
