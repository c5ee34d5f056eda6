import type { CommandContext } from '../command.ts'
import { profileName } from '../config.ts'
import { readConfigFile } from '../config-file.ts'
import { editConfigFile, profileOf, withProfile } from '../edit-config-file.ts'
import { configFilePath } from '../user-folders.ts'

/** Forgets the token; where the API is stays. */
export async function run(_args: unknown, { output, configOptions }: CommandContext): Promise<void> {
  const { env, homeDirectory } = configOptions
  const filePath = configFilePath(env, homeDirectory)
  const file = await readConfigFile(filePath)
  const profile = profileName(configOptions, file)
  const { token, ...rest } = profileOf(file, profile) ?? {}
  if (token === undefined) {
    output.talk(`There is no token in profile ${profile} of ${filePath}`)
  } else {
    await editConfigFile(filePath, (current) => withProfile(current, profile, rest))
    output.talk(`Logged out: the token of profile ${profile} is gone from ${filePath}. The server still accepts it`)
  }
  if (env.SLIPWAY_TOKEN) output.warn('SLIPWAY_TOKEN is set, and is used still')
}
