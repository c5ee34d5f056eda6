import type { CommandDefinition } from '../command.ts'
import { imageCommands } from './image-commands.ts'
import { setupCommands } from './setup-commands.ts'
import { tokenCommands } from './token-commands.ts'
import { transferCommands } from './transfer-commands.ts'
import { workspaceCommands } from './workspace-commands.ts'

/** Every command, in the order in which help shows them. */
export const catalog: readonly CommandDefinition[] = [
  ...transferCommands,
  ...imageCommands,
  ...workspaceCommands,
  ...tokenCommands,
  ...setupCommands,
]

/** The words that only group commands. */
export const groups: Readonly<Record<string, string>> = {
  images: 'Upload, download and manage disk images',
  workspaces: 'Make and manage the places that hold images',
  tokens: 'Make and revoke API tokens (for administrators)',
  config: 'Look at and change the stored settings',
}
