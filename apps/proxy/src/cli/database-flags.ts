import type { Options } from 'yargs'
import type { ServeFlags } from '../config.ts'

export type DatabaseFlags = Readonly<Record<string, unknown>>

/** What every command on the host takes to find the installation. */
export const databaseFlagOptions = {
  data: {
    type: 'string',
    requiresArg: true,
    describe: 'Folder of the database and the bytes [SLIPWAY_DATA_DIR]',
  },
  'database-url': {
    type: 'string',
    requiresArg: true,
    describe: 'Where the metadata is, if not in the folder; prefer the variable [SLIPWAY_DATABASE_URL]',
  },
} as const satisfies Record<string, Options>

export function databaseFlagsOf(args: DatabaseFlags): ServeFlags {
  return { dataDir: args.data as string | undefined, databaseUrl: args['database-url'] as string | undefined }
}
