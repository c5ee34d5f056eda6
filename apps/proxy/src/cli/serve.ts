import { resolve } from 'node:path'
import type { Logger } from 'pino'
import { readServeConfig } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import type { ServeConfig } from '../config-schema.ts'
import { createDeps, type Deps } from '../deps.ts'
import { createLog } from '../log.ts'
import { describeLocation, parseDatabaseUrl } from '../metadata/database-url.ts'
import { type RunningServer, startServer } from '../server/start-server.ts'
import { CliError } from './cli-error.ts'
import type { CommandContext } from './command.ts'
import { quickstart } from './quickstart.ts'
import { serveFlagsOf } from './serve-flags.ts'

/** Serves until a signal says to stop. */
export async function serve(args: Readonly<Record<string, unknown>>, { env, stdout }: CommandContext): Promise<void> {
  const config = readServeConfig({
    flags: serveFlagsOf(args),
    env,
    ...(args.config !== undefined && { configPath: String(args.config) }),
  })
  const log = createLog({ level: config.logLevel })
  const stopSignal = nextSignal()
  const deps = await createDeps({ config, log })
  try {
    const server = await listen(deps, config)
    if (config.upstreamProfilePath !== undefined) process.on('SIGHUP', () => deps.upstream?.reload())
    const dataPath = config.dataDir === undefined ? undefined : resolve(config.dataDir)
    deps.maintenance.start()
    // Elsewhere a terminal that closes stops its server, as it does by default.
    if (config.tlsCertPath !== undefined) process.on('SIGHUP', () => reload(server, log))
    log.info({ url: server.url, port: server.port, dataPath, storage: deps.storage.description }, 'serving')
    stdout.write(
      args.quickstart
        ? await quickstart({ db: deps.db, url: server.url, dataPath: dataPath ?? '', now: deps.now })
        : `Serving ${server.url} with the ${whereOf(config)}\n`,
    )
    log.info({ signal: await stopSignal }, 'stopping: requests in flight may finish')
    await server.stop()
  } finally {
    await deps.close()
  }
  log.info('stopped')
}

function whereOf({ databaseUrl, storageUrl, dataDir }: ServeConfig): string {
  const location = parseDatabaseUrl(databaseUrl)
  const bytes = storageUrl.kind === 'files' ? resolve(dataDir ?? '') : storageUrl.url
  if (location.engine === 'postgres') return `bytes in ${bytes} and the metadata in ${describeLocation(location)}`
  return storageUrl.kind === 'files'
    ? `data in ${bytes}`
    : `bytes in ${bytes} and the metadata in ${resolve(dataDir ?? '')}`
}

async function listen(deps: Deps, { host, port }: ServeConfig): Promise<RunningServer> {
  try {
    return await startServer({ deps, host, port })
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') {
      throw new CliError(`port ${port} on ${host} is in use: stop what uses it, or choose another with --port`)
    }
    throw new CliError(`cannot listen on ${host} port ${port}: ${error instanceof Error ? error.message : error}`)
  }
}

/** What `SIGHUP` asks for: a certificate that was renewed. What cannot be used changes nothing. */
function reload(server: RunningServer, log: Logger): void {
  try {
    server.reloadCertificate()
    log.info('the certificate was read again')
  } catch (error) {
    log.error({ err: error }, 'the certificate could not be read again: the old one stays')
  }
}

/** The first signal asks to stop; a second one does not wait for it. */
function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolveSignal) => {
    let count = 0
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        count++
        if (count > 1) process.exit(1)
        resolveSignal(signal)
      })
    }
  })
}
