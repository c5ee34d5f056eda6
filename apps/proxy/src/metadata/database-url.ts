/** Where the metadata is. */
export type DatabaseLocation = { readonly engine: 'sqlite' } | PostgresLocation

export interface PostgresLocation {
  readonly engine: 'postgres'
  /** A host name, an address, or the folder of a Unix socket. */
  readonly host: string
  readonly port: number
  /** Undefined: what `PGUSER` says, or the name of the operating system's user. */
  readonly user: string | undefined
  /** Undefined: what `PGPASSWORD` or the password file of PostgreSQL's own clients says. */
  readonly password: string | undefined
  readonly database: string
  readonly tls: PostgresTls
}

/** `require` encrypts and trusts any server; the `verify-` modes check its certificate, `verify-full` its name too. */
export interface PostgresTls {
  readonly mode: (typeof tlsModes)[number]
  /** PEM file of the authorities to trust instead of the usual ones. */
  readonly rootCertPath: string | undefined
}

const tlsModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
const knownParameters = ['host', 'sslmode', 'sslrootcert']
const defaultPort = 5432
const example = 'such as postgres://user:password@host:5432/slipway'

/** Completes "<setting> …"; never quotes the URL, which may hold a password. */
export class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError'
}

/**
 * `sqlite:`, or `postgres://user:password@host:port/database` with the parameters `sslmode`, `sslrootcert` and, for a Unix
 * socket, `host`.
 * @throws {DatabaseUrlError}
 */
export function parseDatabaseUrl(text: string): DatabaseLocation {
  if (text === 'sqlite:') return { engine: 'sqlite' }
  if (/^sqlite:/i.test(text)) {
    throw new DatabaseUrlError('must be sqlite: alone: the file has its place in the data folder')
  }
  const url = URL.parse(text)
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new DatabaseUrlError(`must be sqlite: or a URL of PostgreSQL ${example}`)
  }
  const parameters = url.searchParams
  const unknown = [...parameters.keys()].find((name) => !knownParameters.includes(name))
  if (unknown !== undefined) {
    throw new DatabaseUrlError(`has a parameter that is none of ${knownParameters.join(', ')}`)
  }
  const host = parameters.get('host') ?? decode(url.hostname.replace(/^\[(.*)\]$/, '$1'))
  const database = decode(url.pathname.slice(1))
  if (host === '') throw new DatabaseUrlError(`must name the host ${example}`)
  if (database === '' || database.includes('/')) throw new DatabaseUrlError(`must name one database ${example}`)
  return {
    engine: 'postgres',
    host,
    port: url.port === '' ? defaultPort : Number(url.port),
    user: decode(url.username) || undefined,
    password: decode(url.password) || undefined,
    database,
    tls: { mode: tlsModeOf(parameters), rootCertPath: parameters.get('sslrootcert') ?? undefined },
  }
}

/** For people to read: the same URL without its password. */
export function redactDatabaseUrl(text: string): string {
  const url = URL.parse(text)
  if (!url) return '[redacted]'
  if (url.password === '') return text
  // As the URL writes it, which need not be how it was given: only then is the place of the password certain.
  url.password = 'x'
  return url.href.replace(':x@', ':[redacted]@')
}

/** What the location is called in messages. */
export function describeLocation({ host, port, database }: PostgresLocation): string {
  return `the database ${database} at ${host.includes(':') ? `[${host}]` : host}:${port}`
}

function tlsModeOf(parameters: URLSearchParams): PostgresTls['mode'] {
  const given = parameters.get('sslmode') ?? 'disable'
  const mode = tlsModes.find((known) => known === given)
  if (mode) return mode
  throw new DatabaseUrlError(`must have an sslmode of ${tlsModes.join(', ')}`)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    throw new DatabaseUrlError('has a % that is no percent-encoding: write %25 for it', { cause: error })
  }
}
