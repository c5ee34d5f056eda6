import type { Options } from 'yargs'
import type { ServeFlags } from '../config.ts'
import { keyOf } from '../config-file.ts'
import { type SettingName, settingNames, settings } from '../config-schema.ts'

const descriptions: Readonly<Record<SettingName, string>> = {
  host: 'Address to listen on [127.0.0.1]',
  port: 'Port to listen on, 0 for any free one [8080]',
  dataDir: 'Folder of the database and the bytes',
  databaseUrl:
    'Where the metadata is: sqlite: (in the folder) or postgres://user:password@host/database; prefer the variable [sqlite:]',
  databasePoolSize: 'Connections to PostgreSQL at most [10]',
  databaseTimeoutMs: 'Seconds that a statement may take on PostgreSQL [10]',
  storageUrl: 'Where the bytes are: file: for the data folder, or s3://bucket/prefix?endpoint=... [file:]',
  verify: 'When bytes in an object store are hashed: off, background or complete [background]',
  publicUrl: "Scheme and host of presigned URLs [each request's own]",
  logLevel: 'Least level to log [info]',
  uploadExpiryMs: 'Days without a new part after which an upload fails [7]',
  purgeGraceMs: 'Days that the bytes of deleted and failed images are kept [7]',
  auditRetentionMs: 'Days that the audit log is kept [365]',
  quotaBytes: 'Most bytes that an account may hold, such as 2TiB [no limit]',
  maxConcurrentUploads: 'Parts that may arrive at the same time [256]',
  idleTimeoutMs: 'Seconds without a byte after which a transfer is cut [60]',
  headersTimeoutMs: "Seconds in which a request's head must arrive [30]",
  corsOrigins: 'Origins whose pages may call the API, separated by commas, or * [none]',
  metrics: 'Serve /metrics: on or off [on]',
  metricsToken: 'Bearer token that /metrics asks for; prefer the variable [none]',
  tlsCertPath: 'PEM file of the certificate chain: serves HTTPS [plain HTTP]',
  tlsKeyPath: 'PEM file of the private key',
  upstreamUrl: 'Images API to stand in front of, such as https://api.sfcompute.com [none]',
  upstreamToken: 'Token for the upstream; prefer the variable',
  upstreamBytes: "Byte URLs: direct hands out the upstream's, relay this server's own [direct]",
  upstreamProfilePath: 'JSON file of workspace mapping and policies; SIGHUP reads it again [none]',
  upstreamStorageHosts:
    "Hosts of the upstream's storage that bytes are relayed to and from, * for a first label [none]",
  upstreamAllowPrivate: 'Relay to storage at loopback, private and link-local addresses: on or off [off]',
  upstreamConcurrency: 'Requests to the upstream at the same time; as many times eight may wait [32]',
  upstreamTimeoutMs: 'Seconds that the upstream may take to answer, or to move a byte [30]',
  relayVerify: 'Keep relayed parts on disk until completion to verify the digest: on or off [on]',
  cacheBytes: 'Room for downloaded images, such as 500GiB [no cache]',
  cacheDir: 'Folder of the downloaded images [cache in the data folder]',
  cacheUrl: 'Object store that shares images between servers, s3://… [none]',
  cacheUrlBytes: 'Room for the shared images, such as 2TiB [no limit]',
  cacheRecheckMs: 'Seconds after which the upstream is asked whether an image is still served [15]',
}

/** Every setting as a flag of `serve` and `config check`. */
export const serveFlagOptions: Readonly<Record<string, Options>> = {
  config: {
    type: 'string',
    requiresArg: true,
    describe: 'JSON file of settings, the flags without dashes [SLIPWAY_CONFIG]',
  },
  ...Object.fromEntries(
    settingNames.map((name) => [
      keyOf(name),
      { type: 'string', requiresArg: true, describe: `${descriptions[name]} [${settings[name].variable}]` } as const,
    ]),
  ),
}

export function serveFlagsOf(args: Readonly<Record<string, unknown>>): ServeFlags {
  return Object.fromEntries(settingNames.map((name) => [name, args[keyOf(name)]]))
}
