import type { CommandContext } from '../command.ts'
import { formatRecord } from '../format/record.ts'
import { packageVersion } from '../package-version.ts'

interface VersionArguments {
  readonly options: { readonly json: boolean }
}

/** What a report of a problem should begin with. */
export async function run({ options }: VersionArguments, { output }: CommandContext): Promise<void> {
  const [node, platform] = [process.versions.node, `${process.platform} ${process.arch}`]
  if (options.json) output.json({ version: packageVersion, node, platform })
  else
    output.data(
      formatRecord([
        ['slipway', packageVersion],
        ['node', node],
        ['platform', platform],
      ]),
    )
}
