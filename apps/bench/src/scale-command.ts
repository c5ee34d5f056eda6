import { availableParallelism, cpus } from 'node:os'
import { runScaleBenchmark, type ScaleResult } from './scale-benchmark.ts'
import { createPostgresDatabase, createSqliteDatabase, type ScaleDatabase } from './scale-database.ts'

export interface ScaleCommandOptions {
  readonly folder: string
  /** A PostgreSQL server on which to measure as well, as a user that may create databases. */
  readonly databaseUrl: string | undefined
}

/** One page full, so that both answers have the same length. */
const small = { imageCount: 60, partsPerImage: 1 }
const large = { imageCount: 10_000, partsPerImage: 100 }
const requestCount = 300

/** What requests cost on a large installation beside a small one, on both databases. */
export async function scaleCommand({ folder, databaseUrl }: ScaleCommandOptions): Promise<void> {
  console.log(`${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  console.log(
    `${large.imageCount} images and ${large.imageCount * large.partsPerImage} parts beside ${small.imageCount} images, ` +
      `${requestCount} requests each in turn, milliseconds`,
  )
  const measure = async (name: string, createDatabase: () => Promise<ScaleDatabase>) => {
    console.log(name)
    console.table(rowsOf(await runScaleBenchmark({ createDatabase, small, large, requestCount })))
  }
  await measure('SQLite', () => createSqliteDatabase(folder))
  if (databaseUrl === undefined) console.log('PostgreSQL: left out, --database-url names no server')
  else await measure('PostgreSQL', () => createPostgresDatabase(folder, databaseUrl))
}

function rowsOf(result: ScaleResult) {
  return Object.fromEntries(
    Object.entries(result).map(([name, { small: few, large: many }]) => [
      name,
      {
        'few, median': few.median.toFixed(2),
        'many, median': many.median.toFixed(2),
        ratio: (many.median / few.median).toFixed(2),
      },
    ]),
  )
}
