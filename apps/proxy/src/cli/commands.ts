import { roles } from '@slipway/core'
import { defaultAccountName } from '../workspaces/default-workspace.ts'
import type { Command } from './command.ts'
import { databaseFlagOptions } from './database-flags.ts'
import { serveFlagOptions } from './serve-flags.ts'

export const serveCommand: Command = {
  usage: 'serve',
  summary: 'Serve the Images API',
  options: {
    ...serveFlagOptions,
    quickstart: { type: 'boolean', describe: 'Make an admin token on the first start and say what to type next' },
  },
  load: async () => (await import('./serve.ts')).serve,
}

export const tokenCommands: readonly Command[] = [
  {
    usage: 'create',
    summary: 'Make a token; it is shown once',
    options: {
      ...databaseFlagOptions,
      name: { type: 'string', requiresArg: true, demandOption: true, describe: 'What it is for' },
      role: { choices: roles, requiresArg: true, demandOption: true, describe: 'What it may do' },
      workspace: {
        type: 'string',
        requiresArg: true,
        describe: 'The only one that it sees, by id, path or name; all of them when left out',
      },
      account: {
        type: 'string',
        requiresArg: true,
        default: defaultAccountName,
        describe: 'Whose it is; accounts see nothing of each other. Made when it is not there',
      },
      'expires-in': { type: 'string', requiresArg: true, default: '90', describe: 'Days until it expires' },
      quiet: { type: 'boolean', describe: 'Print the token alone' },
    },
    load: async () => (await import('./token-create.ts')).tokenCreate,
  },
  {
    usage: 'list',
    summary: 'List the tokens, not their secrets',
    options: { ...databaseFlagOptions, json: { type: 'boolean', describe: 'One JSON array' } },
    load: async () => (await import('./token-list.ts')).tokenList,
  },
  {
    usage: 'revoke <token>',
    summary: 'Make a token useless at once, by its name or id',
    options: databaseFlagOptions,
    load: async () => (await import('./token-revoke.ts')).tokenRevoke,
  },
]

export const migrateCommand: Command = {
  usage: 'migrate-to',
  summary: 'Carry a data folder to PostgreSQL and an object store; can be interrupted and repeated',
  options: {
    data: { type: 'string', requiresArg: true, describe: 'The folder, whose server is stopped [SLIPWAY_DATA_DIR]' },
    'database-url': {
      type: 'string',
      requiresArg: true,
      describe: 'The PostgreSQL to go to; prefer the variable [SLIPWAY_DATABASE_URL]',
    },
    'storage-url': { type: 'string', requiresArg: true, describe: 'The object store to go to [SLIPWAY_STORAGE_URL]' },
  },
  load: async () => (await import('./migrate-to.ts')).migrateTo,
}

export const auditCommand: Command = {
  usage: 'audit',
  summary: 'List who changed what, newest first',
  options: {
    ...databaseFlagOptions,
    limit: { type: 'string', requiresArg: true, default: '50', describe: 'The most lines' },
    since: { type: 'string', requiresArg: true, describe: 'Date or time from which on' },
    actor: { type: 'string', requiresArg: true, describe: 'Id of a token, or host' },
    target: { type: 'string', requiresArg: true, describe: 'Id of what was changed' },
    json: { type: 'boolean', describe: 'One JSON object a line' },
  },
  load: async () => (await import('./audit-list.ts')).auditList,
}

export const keyCommands: readonly Command[] = [
  {
    usage: 'rotate',
    summary: 'Sign URLs with a new key; URLs in flight stay valid',
    options: databaseFlagOptions,
    load: async () => (await import('./keys.ts')).keysRotate,
  },
  {
    usage: 'list',
    summary: 'List the keys that sign URLs, not their secrets',
    options: { ...databaseFlagOptions, json: { type: 'boolean', describe: 'One JSON array' } },
    load: async () => (await import('./keys.ts')).keysList,
  },
]

export const configCommands: readonly Command[] = [
  {
    usage: 'check',
    summary: 'Print the effective configuration, secrets redacted',
    options: serveFlagOptions,
    load: async () => (await import('./config-check.ts')).configCheck,
  },
]

const storageUrl = {
  type: 'string',
  requiresArg: true,
  describe: 'Where the bytes are: file: or s3://bucket/prefix?endpoint=... [SLIPWAY_STORAGE_URL]',
} as const

export const storageCommands: readonly Command[] = [
  {
    usage: 'lifecycle',
    summary: 'Print the bucket rule that aborts abandoned uploads; --apply sets it',
    options: {
      ...serveFlagOptions,
      days: { type: 'string', requiresArg: true, default: '30', describe: 'Days from the beginning of an upload' },
      apply: { type: 'boolean', describe: 'Set the rule, beside those that the bucket has' },
    },
    load: async () => (await import('./storage-lifecycle.ts')).storageLifecycle,
  },
]

export const archiveCommands: readonly Command[] = [
  {
    usage: 'scrub',
    summary: 'Hash every stored image anew and compare with its digest',
    options: {
      ...databaseFlagOptions,
      'storage-url': storageUrl,
      'mark-failed': { type: 'boolean', describe: 'Make damaged completed images failed, so that nobody boots them' },
      json: { type: 'boolean', describe: 'One JSON object a line' },
    },
    load: async () => (await import('./archive.ts')).scrubCommand,
  },
  {
    usage: 'export <image> <path>',
    summary: 'Write an image (id, path or name) as a plain file, holes kept',
    options: {
      ...databaseFlagOptions,
      'storage-url': storageUrl,
      force: { type: 'boolean', describe: 'Overwrite the file' },
    },
    load: async () => (await import('./archive.ts')).exportCommand,
  },
  {
    usage: 'backup <target>',
    summary: 'Copy the database and the bytes while the server serves',
    options: databaseFlagOptions,
    load: async () => (await import('./archive.ts')).backupCommand,
  },
]

export const commandGroups: readonly (readonly [name: string, summary: string, commands: readonly Command[]])[] = [
  ['token', 'Make, list and revoke tokens', tokenCommands],
  ['keys', 'Rotate and list the keys that sign URLs', keyCommands],
  ['config', 'Check the configuration', configCommands],
  ['storage', 'Look after the object store', storageCommands],
]
