import { parseName } from '@slipway/core'
import type { CommandContext } from '../command.ts'
import { CommandFailure } from '../command-failure.ts'
import { expandWorkspace } from '../commands/workspace-ref.ts'
import { exitCodes } from '../exit-codes.ts'
import { findImage } from '../upload/find-image.ts'
import { type Finding, failed, ok } from './check.ts'

export interface CheckNameOptions {
  readonly name: string
  readonly workspace: string | undefined
}

/** Can an image have that name, and has none got it? */
export async function checkName({ name, workspace }: CheckNameOptions, context: CommandContext): Promise<Finding> {
  const { signal, connect } = context
  try {
    assertName(name)
    const { client } = await connect()
    const expanded = workspace === undefined ? undefined : await expandWorkspace(workspace, client, signal)
    const image = await findImage(client, { name, workspace: expanded, signal })
    if (!image) return ok('name', `${name} is free`)
    if (image.uploadStatus === 'started' || image.uploadStatus === 'uploading') {
      return ok('name', `${name} is an unfinished upload (${image.id}), which would be gone on with`)
    }
    throw new CommandFailure(`${name} is taken by ${image.id}`, {
      exitCode: exitCodes.conflict,
      hint: 'choose another --name, or upload with --if-exists replace or skip-if-same',
    })
  } catch (error) {
    return failed('name', error)
  }
}

function assertName(name: string): void {
  try {
    parseName(name)
  } catch (error) {
    throw new CommandFailure((error as Error).message, { exitCode: exitCodes.usage, cause: error })
  }
}
