import { availableParallelism, cpus } from 'node:os'
import { runScaleBenchmark, type ScaleResult } from './scale-benchmark.ts'
import { createPostgresDatabase, createSqliteDatabase, type ScaleDatabase } from './scale-database.ts'

export interface RunScaleOptions {
  readonly folder: string
  /** A PostgreSQL server on which to measure as well, as a user that may create databases. */
  readonly databaseUrl: string | undefined
}

/** One page full, so that both answers have the same length. */
const small = { imageCount: 60, partsPerImage: 1 }
const large = { imageCount: 10_000, partsPerImage: 100 }
const requestCount = 300

/** What requests cost on a large installation beside a small one, on both databases. @returns what to print */
export async function runScale({ folder, databaseUrl }: RunScaleOptions): Promise<string> {
  const lines = [
    `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`,
    `${large.imageCount} images and ${large.imageCount * large.partsPerImage} parts beside ${small.imageCount} images, ` +
      `${requestCount} requests each in turn, medians in milliseconds`,
  ]
  const measure = async (name: string, createDatabase: () => Promise<ScaleDatabase>) => {
    lines.push(name, ...linesOf(await runScaleBenchmark({ createDatabase, small, large, requestCount })))
  }
  await measure('SQLite', () => createSqliteDatabase(folder))
  if (databaseUrl === undefined) lines.push('PostgreSQL: left out, --database-url names no server')
  else await measure('PostgreSQL', () => createPostgresDatabase(folder, databaseUrl))
  return `${lines.join('\n')}\n`
}

function linesOf(result: ScaleResult): string[] {
  return Object.entries(result).map(([name, { small: few, large: many }]) => {
    const ratio = (many.median / few.median).toFixed(2)
    return `  ${name.padEnd(28)} few ${few.median.toFixed(2).padStart(8)}   many ${many.median.toFixed(2).padStart(8)}   × ${ratio}`
  })
}
