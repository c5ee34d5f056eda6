import type { CommandContext } from '../command.ts'
import { defaultApiUrl, profileName } from '../config.ts'
import { type ConfigFile, defaultProfile, readConfigFile } from '../config-file.ts'
import { editConfigFile, profileOf, withProfile } from '../edit-config-file.ts'
import { safeText } from '../format/safe-text.ts'
import { readToken } from '../read-token.ts'
import { configFilePath } from '../user-folders.ts'
import { parseApiUrl } from '../values/api-url.ts'
import { parseProfileName } from '../values/profile-name.ts'
import { parseToken } from '../values/token.ts'

interface LoginArguments {
  readonly options: { readonly json: boolean }
}

/** The token is tried before it is stored: what is in the file worked once. */
export async function run({ options }: LoginArguments, context: CommandContext): Promise<void> {
  const { output, signal, stdin, connect, configOptions } = context
  const { flags, env, homeDirectory } = configOptions
  const filePath = configFilePath(env, homeDirectory)
  const file = await readConfigFile(filePath)
  const profile = parseProfileName(profileName(configOptions, file))
  const apiUrl = chooseApiUrl(context, profileOf(file, profile)?.apiUrl)
  const token =
    flags.token === undefined ? await readToken({ stdin: stdin(), output, signal }) : parseToken(flags.token, '--token')
  const { client } = await connect({ apiUrl, token })
  const { id, role } = await client.account.get({ signal })
  await editConfigFile(filePath, (current) => inUse(withProfile(current, profile, { apiUrl, token }), profile))
  if (options.json) {
    output.json({ account: id, role, apiUrl, profile, filePath })
    return
  }
  output.talk(`${output.err.paint('green', 'Logged in')} to ${apiUrl} as ${safeText(id)}, role ${safeText(role)}`)
  output.talk(`Stored as profile ${profile} in ${filePath}`)
  if (env.SLIPWAY_TOKEN) output.warn('SLIPWAY_TOKEN is set and goes before it: unset it to use this login')
}

/** Who logs in to one profile only wants to use it. */
function inUse(file: ConfigFile, profile: string): ConfigFile {
  const isOnly = file.profile === undefined && file.token === undefined && profile !== defaultProfile
  return isOnly ? { profile, ...file } : file
}

function chooseApiUrl({ configOptions: { flags, env } }: CommandContext, stored: string | undefined): string {
  if (flags.apiUrl !== undefined) return parseApiUrl(flags.apiUrl, '--api-url')
  if (env.SLIPWAY_API_URL) return parseApiUrl(env.SLIPWAY_API_URL, 'SLIPWAY_API_URL')
  return parseApiUrl(stored ?? defaultApiUrl, 'the profile')
}
