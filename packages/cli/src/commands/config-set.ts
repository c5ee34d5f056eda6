import type { CommandContext } from '../command.ts'
import { profileName } from '../config.ts'
import { type ConfigFile, readConfigFile } from '../config-file.ts'
import { editConfigFile, profileNames, profileOf, withProfile } from '../edit-config-file.ts'
import { readToken } from '../read-token.ts'
import { configFilePath } from '../user-folders.ts'
import { parseApiUrl } from '../values/api-url.ts'
import { configKeys, parseConfigKey } from '../values/config-key.ts'
import { parseProfileName } from '../values/profile-name.ts'
import { parseToken } from '../values/token.ts'
import { usageFailure } from '../values/usage-failure.ts'

interface ConfigSetArguments {
  readonly positionals: readonly string[]
}

export async function run({ positionals: [typed = '', text = ''] }: ConfigSetArguments, context: CommandContext) {
  const { output, configOptions } = context
  const filePath = configFilePath(configOptions.env, configOptions.homeDirectory)
  const file = await readConfigFile(filePath)
  const key = parseConfigKey(typed)
  if (key === 'profile') {
    const name = parseProfileName(text)
    if (!profileOf(file, name)) {
      throw usageFailure(
        `there is no profile ${JSON.stringify(name)}`,
        `there are ${profileNames(file).join(', ')}; slipway login --profile ${name} makes it`,
      )
    }
    await editConfigFile(filePath, (current): ConfigFile => ({ ...current, profile: name }))
    output.talk(`Using profile ${name} from now on`)
    return
  }
  const profile = parseProfileName(profileName(configOptions, file))
  const value = key === 'token' ? await readTokenValue(text, context) : parseApiUrl(text, 'VALUE')
  await editConfigFile(filePath, (current) =>
    withProfile(current, profile, { ...profileOf(current, profile), [configKeys[key]]: value }),
  )
  output.talk(`Set ${key} of profile ${profile} in ${filePath}`)
}

async function readTokenValue(text: string, { stdin, output, signal }: CommandContext): Promise<string> {
  return text === '-' ? readToken({ stdin: stdin(), output, signal }) : parseToken(text, 'VALUE')
}
