import { type CommandDefinition, defineCommand } from '../command.ts'
import { jsonOption, quietOption } from './shared-options.ts'

/** Tokens of a server of your own; SF Compute makes its tokens elsewhere. All of these need an admin's token. */
export const tokenCommands: readonly CommandDefinition[] = [
  defineCommand({
    path: ['tokens', 'list'],
    summary: 'List the tokens, never their secrets (for administrators)',
    positionals: [],
    options: { json: jsonOption, quiet: { ...quietOption, summary: 'Print ids alone' } },
    examples: [['slipway tokens list', 'who has access, and since when']],
    load: () => import('./tokens-list.ts'),
  }),
  defineCommand({
    path: ['tokens', 'create'],
    summary: 'Make a token; its secret is shown this once (for administrators)',
    positionals: [{ name: 'NAME', summary: 'What it is for' }],
    options: {
      role: {
        kind: 'choice',
        value: 'ROLE',
        choices: ['reader', 'uploader', 'admin'],
        summary: 'What it may do, each including the ones before it (default: uploader)',
      },
      workspace: {
        kind: 'text',
        value: 'REF',
        summary: 'The only workspace that it will see (default: all)',
        completes: 'workspace',
      },
      'expires-in': { kind: 'count', value: 'DAYS', summary: 'Days until it expires (default: 90)' },
      json: jsonOption,
      quiet: { ...quietOption, summary: 'Print the secret alone' },
    },
    examples: [
      ['slipway tokens create nightly-build', 'may upload'],
      ['slipway tokens create boot --role reader --expires-in 365', 'may download, for a year'],
    ],
    load: () => import('./tokens-create.ts'),
  }),
  defineCommand({
    path: ['tokens', 'revoke'],
    summary: 'Make a token useless at once (for administrators)',
    positionals: [{ name: 'TOKEN', summary: 'The id of a token (token_…), as `tokens list` shows it' }],
    options: { json: jsonOption, quiet: { ...quietOption, summary: 'Print nothing' } },
    examples: [['slipway tokens revoke token_k3R-nX9vLm7Q', 'its next request is refused']],
    load: () => import('./tokens-revoke.ts'),
  }),
]
