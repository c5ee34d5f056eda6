import { type CommandDefinition, defineCommand } from '../command.ts'
import { concurrencyOption, jsonOption, quietOption, refPositional } from './shared-options.ts'

/** Every command, in the order in which help shows them. */
export const catalog: readonly CommandDefinition[] = [
  defineCommand({
    path: ['images', 'upload'],
    alias: 'upload',
    summary: 'Upload a disk image',
    positionals: [{ name: 'FILE', summary: 'The disk image: 1 byte to 128 GiB, sent as it is' }],
    options: {
      name: { kind: 'text', value: 'NAME', summary: 'Its name in the workspace (default: the server makes one up)' },
      workspace: { kind: 'text', value: 'REF', summary: 'A workspace id, resource path or name (default: default)' },
      concurrency: concurrencyOption,
      'part-size': { kind: 'size', value: 'SIZE', summary: 'Size of a part, such as 64MiB (default: chosen by size)' },
      json: jsonOption,
      quiet: quietOption,
    },
    examples: [
      ['slipway images upload disk.img --name ubuntu-24.04', 'upload under a name'],
      ['id=$(slipway images upload disk.img --quiet)', 'keep the id for a script'],
    ],
    load: () => import('./images-upload.ts'),
  }),
  defineCommand({
    path: ['images', 'download'],
    alias: 'download',
    summary: 'Download an image and verify it',
    positionals: [refPositional, { name: 'FILE', summary: 'Where to put it' }],
    options: {
      force: { kind: 'flag', short: 'f', summary: 'Overwrite FILE if it is there' },
      concurrency: concurrencyOption,
      json: jsonOption,
      quiet: { ...quietOption, summary: 'Print nothing but errors' },
    },
    examples: [['slipway images download ubuntu-24.04 disk.img', 'fetch by name']],
    load: () => import('./images-download.ts'),
  }),
  defineCommand({
    path: ['images', 'list'],
    alias: 'ls',
    summary: 'List images, newest first',
    positionals: [],
    options: {
      workspace: { kind: 'text', value: 'REF', summary: 'Only those of this workspace: id, resource path or name' },
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
    path: ['whoami'],
    summary: 'Show the account of the token, and the API in use',
    positionals: [],
    options: {
      json: jsonOption,
      verbose: { kind: 'flag', summary: 'Say where the API URL and the token came from' },
    },
    examples: [['slipway whoami --verbose', 'find out which settings are in force']],
    load: () => import('./whoami.ts'),
  }),
]

/** The words that only group commands. */
export const groups: Readonly<Record<string, string>> = { images: 'Upload, download and manage disk images' }
