import type { CommandContext } from '../command.ts'
import { requireToken } from '../config.ts'
import { parseConfigKey } from '../values/config-key.ts'

/** What is in force, wherever it comes from. */
export async function run(
  { positionals: [typed = ''] }: { readonly positionals: readonly string[] },
  { output, loadConfig }: CommandContext,
): Promise<void> {
  const key = parseConfigKey(typed)
  const config = await loadConfig()
  if (key === 'token') output.data(requireToken(config))
  else output.data(key === 'profile' ? config.profile : config.apiUrl.value)
}
