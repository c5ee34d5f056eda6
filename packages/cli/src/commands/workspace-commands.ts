import { type CommandDefinition, defineCommand, type PositionalDefinition } from '../command.ts'
import { jsonOption, quietOption } from './shared-options.ts'

const workspacePositional = {
  name: 'WORKSPACE',
  summary: 'A workspace id, resource path or name',
  completes: 'workspace',
} as const satisfies PositionalDefinition

/** Workspaces hold images: a name is one image in each. */
export const workspaceCommands: readonly CommandDefinition[] = [
  defineCommand({
    path: ['workspaces', 'list'],
    summary: 'List the workspaces',
    positionals: [],
    options: { json: jsonOption, quiet: { ...quietOption, summary: 'Print ids alone' } },
    examples: [['slipway workspaces list', 'all that the token sees']],
    load: () => import('./workspaces-list.ts'),
  }),
  defineCommand({
    path: ['workspaces', 'get'],
    summary: 'Show one workspace',
    positionals: [workspacePositional],
    options: { json: jsonOption },
    examples: [['slipway workspaces get staging', 'by name']],
    load: () => import('./workspaces-get.ts'),
  }),
  defineCommand({
    path: ['workspaces', 'create'],
    summary: 'Create a workspace',
    positionals: [{ name: 'NAME', summary: 'Its name (default: the server makes one up)', isOptional: true }],
    options: { json: jsonOption, quiet: { ...quietOption, summary: 'Print the id alone' } },
    examples: [['slipway workspaces create staging', 'then: slipway upload FILE --workspace staging']],
    load: () => import('./workspaces-create.ts'),
  }),
  defineCommand({
    path: ['workspaces', 'rename'],
    summary: 'Rename a workspace: the resource paths of its images follow, ids stay',
    positionals: [workspacePositional, { name: 'NAME', summary: 'Its new name' }],
    options: { json: jsonOption, quiet: { ...quietOption, summary: 'Print the id alone' } },
    examples: [['slipway workspaces rename staging production', 'by name']],
    load: () => import('./workspaces-rename.ts'),
  }),
  defineCommand({
    path: ['workspaces', 'delete'],
    summary: 'Delete an empty workspace',
    positionals: [workspacePositional],
    options: { json: jsonOption, quiet: { ...quietOption, summary: 'Print nothing' } },
    examples: [['slipway workspaces delete staging', 'by name']],
    load: () => import('./workspaces-delete.ts'),
  }),
]
