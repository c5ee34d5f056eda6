import type { CommandContext } from '../command.ts'
import { shellScripts } from '../completion/shell-scripts.ts'
import { usageFailure } from '../values/usage-failure.ts'

interface CompletionArguments {
  readonly positionals: readonly string[]
}

export async function run(
  { positionals: [shell = ''] }: CompletionArguments,
  { output }: CommandContext,
): Promise<void> {
  const shells = Object.keys(shellScripts)
  if (!shells.includes(shell))
    throw usageFailure(`there is no completion for ${JSON.stringify(shell)}`, `there is ${shells.join(', ')}`)
  output.data(shellScripts[shell as keyof typeof shellScripts])
}
