import { type CommandDefinition, defineCommand } from '../command.ts'
import { jsonOption, quietOption, refPositional, workspaceOption } from './shared-options.ts'

/** What looks at images and changes them. */
export const imageCommands: readonly CommandDefinition[] = [
  defineCommand({
    path: ['images', 'list'],
    alias: 'ls',
    summary: 'List images, newest first',
    positionals: [],
    options: {
      workspace: { ...workspaceOption, summary: 'Only those of this workspace: id, resource path or name' },
      limit: { kind: 'count', value: 'N', summary: 'How many at most (default: 50)' },
      json: jsonOption,
      quiet: { ...quietOption, summary: 'Print ids alone' },
    },
    examples: [
      ['slipway images list', 'the newest 50'],
      ['slipway images list --json | jq -r .name', 'names for a script'],
    ],
    load: () => import('./images-list.ts'),
  }),
  defineCommand({
    path: ['images', 'get'],
    summary: 'Show one image',
    positionals: [refPositional],
    options: { json: jsonOption },
    examples: [['slipway images get ubuntu-24.04 --json', 'everything known about it']],
    load: () => import('./images-get.ts'),
  }),
  defineCommand({
    path: ['images', 'delete'],
    alias: 'rm',
    summary: 'Delete an image',
    positionals: [refPositional],
    options: { json: jsonOption, quiet: { ...quietOption, summary: 'Print nothing' } },
    examples: [['slipway images delete ubuntu-24.04', 'delete by name']],
    load: () => import('./images-delete.ts'),
  }),
  defineCommand({
    path: ['images', 'revoke'],
    summary: 'Revoke an image: it can no longer be downloaded or booted',
    positionals: [refPositional],
    options: { json: jsonOption, quiet: { ...quietOption, summary: 'Print the id alone' } },
    examples: [['slipway images revoke ubuntu-24.04', 'revoke by name']],
    load: () => import('./images-revoke.ts'),
  }),
  defineCommand({
    path: ['images', 'reinstate'],
    summary: 'Reinstate a revoked image',
    positionals: [refPositional],
    options: { json: jsonOption, quiet: { ...quietOption, summary: 'Print the id alone' } },
    examples: [['slipway images reinstate ubuntu-24.04', 'reinstate by name']],
    load: () => import('./images-reinstate.ts'),
  }),
  defineCommand({
    path: ['images', 'publish'],
    summary: 'Publish an image: every account can use it (for operators)',
    positionals: [refPositional],
    options: { json: jsonOption, quiet: { ...quietOption, summary: 'Print the id alone' } },
    examples: [['slipway images publish ubuntu-24.04', 'publish by name']],
    load: () => import('./images-publish.ts'),
  }),
  defineCommand({
    path: ['images', 'set-default'],
    summary: 'Make a public image the default one (for operators)',
    positionals: [refPositional],
    options: { json: jsonOption, quiet: { ...quietOption, summary: 'Print the id alone' } },
    examples: [['slipway images set-default ubuntu-24.04', 'in place of the one before']],
    load: () => import('./images-set-default.ts'),
  }),
  defineCommand({
    path: ['images', 'parts'],
    summary: 'List the parts that the server holds of an image',
    positionals: [refPositional],
    options: { json: jsonOption },
    examples: [['slipway images parts ubuntu-24.04', 'how far an upload came']],
    load: () => import('./images-parts.ts'),
  }),
  defineCommand({
    path: ['images', 'url'],
    summary: 'Print a presigned URL of an image: it needs no token, and expires',
    positionals: [refPositional],
    options: { json: jsonOption },
    examples: [['curl --output disk.img "$(slipway images url ubuntu-24.04)"', 'for a machine without a token']],
    load: () => import('./images-url.ts'),
  }),
]
