import type { CommandContext } from '../command.ts'
import { defaultApiUrl, profileName } from '../config.ts'
import { readConfigFile } from '../config-file.ts'
import { profileNames, profileOf } from '../edit-config-file.ts'
import { safeText } from '../format/safe-text.ts'
import { formatTable } from '../format/table.ts'
import { configFilePath } from '../user-folders.ts'

interface ConfigListArguments {
  readonly options: { readonly json: boolean }
}

/** The profiles of the file; a token is never shown, only whether there is one. */
export async function run({ options }: ConfigListArguments, { output, configOptions }: CommandContext): Promise<void> {
  const filePath = configFilePath(configOptions.env, configOptions.homeDirectory)
  const file = await readConfigFile(filePath)
  const inUse = profileName(configOptions, file)
  const profiles = profileNames(file).map((name) => {
    const { apiUrl = defaultApiUrl, token } = profileOf(file, name) ?? {}
    return { profile: name, apiUrl, hasToken: token !== undefined, isInUse: name === inUse }
  })
  if (options.json) {
    for (const profile of profiles) output.json(profile)
    return
  }
  const columns = [
    { title: 'PROFILE', value: ({ profile }: (typeof profiles)[number]) => safeText(profile) },
    { title: 'IN USE', value: ({ isInUse }: (typeof profiles)[number]) => (isInUse ? 'yes' : ''), dropOrder: 1 },
    { title: 'TOKEN', value: ({ hasToken }: (typeof profiles)[number]) => (hasToken ? 'set' : 'none') },
    { title: 'API URL', value: ({ apiUrl }: (typeof profiles)[number]) => safeText(apiUrl), canShrink: true },
  ]
  const [header = '', ...lines] = formatTable({ rows: profiles, columns, width: output.out.columns() })
  output.data([output.out.paint('dim', header), ...lines].join('\n'))
  output.talk(`From ${filePath}; slipway whoami --verbose says what is in force`)
}
