import { type CommandDefinition, defineCommand, type PositionalDefinition } from '../command.ts'
import { jsonOption, workspaceOption } from './shared-options.ts'

const configKeyPositional = {
  name: 'KEY',
  summary: 'api-url, token or profile',
  completes: ['api-url', 'token', 'profile'],
} as const satisfies PositionalDefinition

/** Who one is, and how the machine is set up. */
export const setupCommands: readonly CommandDefinition[] = [
  defineCommand({
    path: ['doctor'],
    summary: 'Check FILE, the settings, the server, the token and this machine',
    details: [
      'Every check is made, and each is one line. The exit code is that of the first failure; a warning is none, ' +
        'unless --strict is given. Nothing is changed anywhere.',
    ],
    positionals: [{ name: 'FILE', summary: 'An image that is to be uploaded', isOptional: true, completes: 'file' }],
    options: {
      name: { kind: 'text', value: 'NAME', summary: 'Check whether an image can have this name' },
      workspace: workspaceOption,
      strict: { kind: 'flag', summary: 'Count warnings as failures' },
      json: jsonOption,
    },
    examples: [
      ['slipway doctor', 'find out why something does not work'],
      ['slipway doctor disk.img --name ubuntu-24.04 --strict', 'before an upload'],
    ],
    load: () => import('./doctor.ts'),
  }),
  defineCommand({
    path: ['login'],
    summary: 'Check an API token and store it in a profile',
    details: [
      'The token is pasted at a prompt, where it is not shown, or piped in. It is kept in the configuration file, which ' +
        'only you can read.',
    ],
    positionals: [],
    options: { json: jsonOption },
    examples: [
      ['slipway login', 'paste a token for SF Compute'],
      ['slipway login --profile lab --api-url http://127.0.0.1:8080 < token.txt', 'another server beside it'],
    ],
    load: () => import('./login.ts'),
  }),
  defineCommand({
    path: ['logout'],
    summary: 'Forget the token of a profile',
    positionals: [],
    options: {},
    examples: [['slipway logout --profile lab', 'of one of several']],
    load: () => import('./logout.ts'),
  }),
  defineCommand({
    path: ['whoami'],
    summary: 'Show the account of the token, and the API in use',
    positionals: [],
    details: ['With --verbose it says where the API URL and the token came from.'],
    options: { json: jsonOption },
    examples: [['slipway whoami --verbose', 'find out which settings are in force']],
    load: () => import('./whoami.ts'),
  }),
  defineCommand({
    path: ['config', 'list'],
    summary: 'List the profiles of the configuration file',
    positionals: [],
    options: { json: jsonOption },
    examples: [['slipway config list', 'what there is, tokens not shown']],
    load: () => import('./config-list.ts'),
  }),
  defineCommand({
    path: ['config', 'get'],
    summary: 'Print a setting that is in force',
    positionals: [configKeyPositional],
    options: {},
    examples: [
      ['slipway config get api-url', 'which server'],
      ['curl -H "Authorization: Bearer $(slipway config get token)" …', 'the token for another program'],
    ],
    load: () => import('./config-get.ts'),
  }),
  defineCommand({
    path: ['config', 'set'],
    summary: 'Store a setting',
    positionals: [
      configKeyPositional,
      { name: 'VALUE', summary: 'What it is to be; for token, - reads standard input' },
    ],
    options: {},
    examples: [
      ['slipway config set profile lab', 'use another profile from now on'],
      ['slipway config set api-url http://127.0.0.1:8080', 'of the profile in use'],
    ],
    load: () => import('./config-set.ts'),
  }),
  defineCommand({
    path: ['completion'],
    summary: 'Print a script that completes commands, options and names of images at the prompt',
    positionals: [{ name: 'SHELL', summary: 'bash, zsh or fish', completes: ['bash', 'zsh', 'fish'] }],
    options: {},
    examples: [
      ['source <(slipway completion bash)', 'in ~/.bashrc'],
      ['source <(slipway completion zsh)', 'in ~/.zshrc, after compinit'],
      ['slipway completion fish | source', 'in ~/.config/fish/config.fish'],
    ],
    load: () => import('./completion.ts'),
  }),
  defineCommand({
    path: ['version'],
    summary: 'Show the version, and what it runs on',
    positionals: [],
    options: { json: jsonOption },
    examples: [['slipway version', 'for a report of a problem']],
    load: () => import('./version.ts'),
  }),
]
