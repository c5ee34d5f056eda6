import type { OptionDefinition, PositionalDefinition } from '../command.ts'

/** Options that mean the same wherever they appear. */
export const jsonOption = { kind: 'flag', summary: 'Print JSON, one object a line' } as const satisfies OptionDefinition

export const quietOption = {
  kind: 'flag',
  short: 'q',
  summary: 'Print ids alone, and no progress',
} as const satisfies OptionDefinition

export const concurrencyOption = {
  kind: 'count',
  value: 'N',
  summary: 'How many parts at once, 1 to 16 (default: what the link bears)',
} as const satisfies OptionDefinition

export const workspaceOption = {
  kind: 'text',
  value: 'REF',
  summary: 'A workspace id, resource path or name (default: default)',
  completes: 'workspace',
} as const satisfies OptionDefinition

export const refPositional = {
  name: 'REF',
  summary: 'An image id, resource path or name',
  completes: 'image',
} as const satisfies PositionalDefinition

/** Options that every command has. */
export const globalOptions = {
  'api-url': { kind: 'text', value: 'URL', summary: 'The API to talk to, in place of SLIPWAY_API_URL and the file' },
  token: { kind: 'text', value: 'TOKEN', summary: 'API token; others see it in ps, so prefer SLIPWAY_TOKEN' },
  profile: {
    kind: 'text',
    value: 'NAME',
    summary: 'The profile of the configuration file, in place of SLIPWAY_PROFILE',
    completes: 'profile',
  },
  verbose: { kind: 'flag', short: 'v', summary: 'Print requests (no secrets) and retries' },
  debug: { kind: 'flag', summary: 'Like --verbose, with stack traces' },
  help: { kind: 'flag', short: 'h', summary: 'Print help' },
  version: { kind: 'flag', summary: 'Print the version' },
} as const satisfies Record<string, OptionDefinition>
