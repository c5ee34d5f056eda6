import { readDataDir } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import { lockDataDirectory } from '../data-directory.ts'
import { parseDatabaseUrl } from '../metadata/database-url.ts'
import { openDatabase } from '../metadata/open.ts'
import { TargetTakenError } from '../moving/claim-target.ts'
import { type MoveProgress, type MoveResult, moveInstallation } from '../moving/move-installation.ts'
import { createS3ObjectStore } from '../storage/s3/s3-object-store.ts'
import { type S3Location, storageLocationSchema } from '../storage/storage-url.ts'
import { CliError } from './cli-error.ts'
import type { CommandContext } from './command.ts'
import { existingDirectoryAt } from './existing-directory.ts'

type Args = Readonly<Record<string, unknown>>

const mib = 2 ** 20

/**
 * Carries the embedded installation in a data folder, which no server may have open, to PostgreSQL and an object store.
 * Exit code 1 when an image's bytes are damaged, or anything else keeps it from being complete: run it again then.
 */
export async function migrateTo(args: Args, { env, stdout }: CommandContext): Promise<void> {
  const { databaseLocation, storageLocation } = readTarget(args, env)
  const directory = existingDirectoryAt(readDataDir({ flags: { dataDir: args.data as string | undefined }, env }))
  const opened: (() => Promise<void> | void)[] = [lockDataDirectory(directory)]
  try {
    const source = await openDatabase({ path: directory.databasePath })
    opened.push(() => source.destroy())
    const target = await openDatabase({ location: databaseLocation, poolSize: 2, statementTimeoutMs: 60_000 })
    opened.push(() => target.destroy())
    const store = createS3ObjectStore(storageLocation)
    opened.push(() => store.close())
    await store.check()
    const result = await moveInstallation({
      source: { db: source, blobsPath: directory.blobsPath },
      target: { db: target, store, location: storageLocation },
      now: Date.now,
      onImage: (progress) => stdout.write(lineOf(progress)),
    })
    report(result, stdout)
  } catch (error) {
    if (error instanceof TargetTakenError) throw new CliError(error.message)
    throw error
  } finally {
    for (const close of opened.toReversed()) await close()
  }
}

/** The settings that a server on the target would have. */
function readTarget(args: Args, env: NodeJS.ProcessEnv) {
  const databaseUrl = (args['database-url'] as string | undefined) ?? env.SLIPWAY_DATABASE_URL ?? ''
  const storageUrl = (args['storage-url'] as string | undefined) ?? env.SLIPWAY_STORAGE_URL ?? ''
  return { databaseLocation: readDatabase(databaseUrl), storageLocation: readStorage(storageUrl) }
}

function readDatabase(text: string) {
  if (text === '' || text === 'sqlite:') throw new ConfigError('--database-url must name the PostgreSQL to go to')
  try {
    const location = parseDatabaseUrl(text)
    if (location.engine === 'postgres') return location
  } catch (error) {
    throw new ConfigError(`--database-url ${error instanceof Error ? error.message : error}`)
  }
  throw new ConfigError('--database-url must name the PostgreSQL to go to')
}

function readStorage(text: string): S3Location {
  const parsed = storageLocationSchema.safeParse(text === '' ? 'file:' : text)
  if (!parsed.success) throw new ConfigError(`--storage-url ${parsed.error.issues[0]?.message}`)
  if (parsed.data.kind === 's3') return parsed.data
  throw new ConfigError('--storage-url must name the object store to go to: s3://bucket/prefix')
}

function lineOf({ image, doneCount, imageCount, sentBytes, problem }: MoveProgress): string {
  const outcome = problem === undefined ? `${Math.ceil(sentBytes / mib)} MiB sent` : `left out: ${problem}`
  return `${doneCount}/${imageCount}  ${image.id}  ${image.name} (${image.upload_status}): ${outcome}\n`
}

function report(
  { rowCounts, imageCount, foundCount, sentBytes, damagedCount }: MoveResult,
  stdout: NodeJS.WritableStream,
) {
  const rows = Object.entries(rowCounts).map(([table, count]) => `${count} ${table.replaceAll('_', ' ')}`)
  stdout.write(
    `${imageCount - damagedCount} of ${imageCount} images are there (${foundCount} were before), ` +
      `${Math.ceil(sentBytes / mib)} MiB were sent; and ${rows.join(', ')}.\n`,
  )
  if (damagedCount > 0) {
    throw new CliError(
      `${damagedCount} images have damaged bytes and were left out: look at them with scrub, delete or mend them, and run this again`,
    )
  }
  stdout.write('Servers on the target verify the images once more by themselves. The data folder is as it was.\n')
}
