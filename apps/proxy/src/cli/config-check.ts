import { readServeConfig } from '../config.ts'
import { describeConfig } from '../config-report.ts'
import { assertCertificate } from '../server/create-server.ts'
import { readProfile } from '../upstream/policy/profile.ts'
import type { CommandContext } from './command.ts'
import { serveFlagsOf } from './serve-flags.ts'

export async function configCheck(
  args: Readonly<Record<string, unknown>>,
  { env, stdout }: CommandContext,
): Promise<void> {
  const config = readServeConfig({
    flags: serveFlagsOf(args),
    env,
    ...(args.config !== undefined && { configPath: String(args.config) }),
  })
  if (config.upstreamProfilePath !== undefined) readProfile(config.upstreamProfilePath, { bytes: config.upstreamBytes })
  assertCertificate(config)
  stdout.write(`${JSON.stringify(describeConfig(config), undefined, 2)}\n`)
}
