import { readServeConfig } from '../config.ts'
import { CliError } from './cli-error.ts'
import type { CommandContext } from './command.ts'
import { serveFlagsOf } from './serve-flags.ts'

const dayMs = 86_400_000

/** Prints the lifecycle rule for abandoned uploads, in the form that `aws s3api` takes; `--apply` sets it. */
export async function storageLifecycle(
  args: Readonly<Record<string, unknown>>,
  { env, stdout }: CommandContext,
): Promise<void> {
  const config = readServeConfig({
    flags: serveFlagsOf(args),
    env,
    ...(args.config !== undefined && { configPath: String(args.config) }),
  })
  const { storageUrl, uploadExpiryMs } = config
  if (storageUrl.kind !== 's3') {
    throw new CliError('bytes in files need no lifecycle rule: give --storage-url s3://...', { exitCode: 2 })
  }
  const days = parseDays(args.days, { expiryDays: uploadExpiryMs / dayMs })
  const { abandonedUploadsRule, applyLifecycleRule } = await import('../storage/s3/lifecycle.ts')
  const rule = abandonedUploadsRule(storageUrl, { days })
  if (!args.apply) {
    stdout.write(`${JSON.stringify({ Rules: [rule] }, undefined, 2)}\n`)
    return
  }
  await applyLifecycleRule(storageUrl, rule)
  stdout.write(`The bucket ${storageUrl.bucket} aborts uploads that are not completed ${days} days after they began.\n`)
}

/** The store counts from the beginning of an upload, the server from its last sign of life: the store must be the later. */
function parseDays(value: unknown, { expiryDays }: { expiryDays: number }): number {
  const days = /^\d{1,5}$/.test(String(value)) ? Number(value) : 0
  if (days > expiryDays) return days
  throw new CliError(`--days must be a whole number of days above --upload-expiry-days (${expiryDays})`, {
    exitCode: 2,
  })
}
