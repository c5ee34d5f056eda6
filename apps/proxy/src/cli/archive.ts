import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidValueError, parseImageRef } from '@slipway/core'
import { backUp } from '../archive/backup.ts'
import { exportImage } from '../archive/export-image.ts'
import { type ImageReader, openImageReader } from '../archive/image-reader.ts'
import { scrub } from '../archive/scrub.ts'
import { readDatabaseConfig, readDataDir, readStorageConfig } from '../config.ts'
import { dataDirectoryAt } from '../data-directory.ts'
import { findImage } from '../images/find-image.ts'
import type { Database } from '../metadata/schema.ts'
import { CliError } from './cli-error.ts'
import type { CommandContext } from './command.ts'
import { databaseFlagsOf } from './database-flags.ts'
import { existingDirectoryAt } from './existing-directory.ts'
import { hostCaller } from './host-caller.ts'
import { withDatabase } from './with-database.ts'

type Args = Readonly<Record<string, unknown>>

/** Exit code 1 when any image is damaged. */
export async function scrubCommand(args: Args, { env, stdout }: CommandContext): Promise<void> {
  await withReader(args, env, async (db, reader) => {
    let count = 0
    let damagedCount = 0
    for await (const result of scrub({ db, reader, marksFailed: args['mark-failed'] === true, now: Date.now })) {
      count++
      if (result.problem !== undefined) damagedCount++
      if (args.json) stdout.write(`${JSON.stringify({ ...result, problem: result.problem ?? null })}\n`)
      else if (result.problem === undefined) stdout.write(`ok       ${result.id}  ${result.path}\n`)
      else stdout.write(`damaged  ${result.id}  ${result.path}: ${result.problem}\n`)
    }
    if (damagedCount > 0) throw new CliError(`${damagedCount} of ${count} images are damaged`)
    if (!args.json) stdout.write(`${count} images have the bytes that they were completed with.\n`)
  })
}

export async function exportCommand(args: Args, { env, stdout }: CommandContext): Promise<void> {
  const path = resolve(String(args.path))
  if (!args.force && existsSync(path)) throw new CliError(`${path} is there already: choose another path, or --force`)
  await withReader(args, env, async (db, reader) => {
    const row = await requireImage(db, String(args.image))
    const sha256 = row.sha256 ?? ''
    const { sizeBytes } = await exportImage({
      bytes: reader.read(row),
      sha256,
      path,
      overwrites: args.force === true,
    })
    stdout.write(`${path}: ${sizeBytes} bytes, sha256 ${sha256} verified\n`)
  })
}

export async function backupCommand(args: Args, { env, stdout }: CommandContext): Promise<void> {
  const { databaseUrl } = readDatabaseConfig({ flags: databaseFlagsOf(args), env })
  if (databaseUrl !== 'sqlite:') {
    throw new CliError(
      'backup is for SQLite: back PostgreSQL up with pg_dump, then copy the bytes; the README says how',
    )
  }
  const target = resolve(String(args.target))
  if (existsSync(target)) throw new CliError(`${target} is there already: a backup makes its own folder`)
  const source = existingDirectoryAt(readDataDir({ flags: databaseFlagsOf(args), env }))
  await withDatabase({ args, env }, async (db) => {
    const { partCount, linkedCount, droppedCount } = await backUp({ source, db, target, now: Date.now })
    stdout.write(
      `${target}: the database and ${partCount} parts, ${linkedCount} of them hard links.\n` +
        (droppedCount > 0
          ? `${droppedCount} parts of unfinished uploads were replaced meanwhile and left out.\n`
          : '') +
        `It holds the signing keys and token hashes: keep it as safe as the original.\n`,
    )
  })
}

async function withReader(
  args: Args,
  env: NodeJS.ProcessEnv,
  use: (db: Database, reader: ImageReader) => Promise<void>,
): Promise<void> {
  const { dataDir, storageUrl } = readStorageConfig({
    flags: { ...databaseFlagsOf(args), storageUrl: args['storage-url'] as string | undefined },
    env,
  })
  const blobsPath = dataDir === undefined ? '' : dataDirectoryAt(dataDir).blobsPath
  await withDatabase({ args, env }, async (db) => {
    const reader = await openImageReader({ location: storageUrl, db, blobsPath })
    try {
      await use(db, reader)
    } finally {
      reader.close()
    }
  })
}

async function requireImage(db: Database, text: string) {
  try {
    const row = await findImage(db, { caller: hostCaller, ref: parseImageRef(text) })
    if (row && row.purged_at_ms === null && row.sha256 !== null && row.upload_status !== 'failed') return row
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error
    throw new CliError(error.message, { exitCode: 2 })
  }
  throw new CliError(`there is no completed image ${text}: check the id, path or name`)
}
