import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fullProfile, type Profile, quickProfile } from './profile.ts'

export interface BenchArguments {
  /** Empty means all. */
  readonly names: readonly string[]
  readonly profile: Profile
  /** For the report. */
  readonly out: string
  /** Whether it goes to the repository's documentation, so that the root's README is to have its summary. */
  readonly isDocumentation: boolean
  readonly isPngWanted: boolean
  readonly folder: string
  readonly diskFolder: string
  /** A PostgreSQL server on which `scale` measures as well, and `replicas` in place of one of its own. */
  readonly databaseUrl: string | undefined
  /** Of `herd`. */
  readonly readerCount: number
}

/** Its message is for the one who typed the command. */
export class UsageError extends Error {
  override name = 'UsageError'
}

const maxRunCount = 1000
const mib = 2 ** 20

/** @throws {UsageError} when they make no sense */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const { values, positionals } = parse(args)
  const usual = values.quick ? quickProfile : fullProfile
  const runCount = countOf('runs', values.runs, maxRunCount)
  const sizeMib = countOf('size-mib', values['size-mib'], 128 * 1024)
  const profile = {
    ...usual,
    ...(runCount && { runCount }),
    ...(sizeMib && { transferBytes: sizeMib * mib, serviceBytes: sizeMib * mib }),
  }
  return {
    names: positionals,
    profile,
    // Figures that mean nothing must not replace those that do.
    out: values.out ?? (values.quick ? join(tmpdir(), 'slipway-bench-quick') : join('docs', 'bench')),
    isDocumentation: values.out === undefined && !values.quick,
    isPngWanted: values.png,
    folder: values.folder,
    diskFolder: values['disk-folder'],
    databaseUrl: values['database-url'],
    readerCount: countOf('readers', values.readers, 1000) ?? 50,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        runs: { type: 'string' },
        'size-mib': { type: 'string' },
        out: { type: 'string' },
        png: { type: 'boolean', default: false },
        folder: { type: 'string', default: existsSync('/dev/shm') ? '/dev/shm' : tmpdir() },
        'database-url': { type: 'string' },
        readers: { type: 'string' },
        'disk-folder': { type: 'string', default: tmpdir() },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function countOf(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= max) return count
  throw new UsageError(`--${name} must be a whole number, 1 to ${max}`)
}
