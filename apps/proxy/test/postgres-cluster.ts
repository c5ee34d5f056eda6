import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts'

/** A PostgreSQL server of the tests' own, on a free port of the loopback address, with its data in a temporary folder. */
export interface PostgresCluster {
  readonly label: string
  readonly port: number
  /** The URL of a database of it, for its superuser. */
  urlOf(database: string): string
  /** Made empty; dropped first when it is there. */
  createDatabase(name: string): Promise<string>
  start(): Promise<void>
  /** `fast` cuts every connection, as a restart does; `immediate` is a crash. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Stops it and removes its folder. */
  destroy(): Promise<void>
  /** The same without waiting, for the end of the process. */
  destroyAtOnce(): void
}

const user = 'slipway'
const maxStartAttempts = 5
const settings = ['max_connections=200', 'listen_addresses=127.0.0.1', 'unix_socket_directories=']

interface PostgresClusterOptions {
  /** Default: the data need not survive the machine; what is acknowledged still survives the server's own death. */
  readonly isDurable?: boolean
}

/** @returns undefined when the machine has no PostgreSQL that can be started */
export async function createPostgresCluster({
  isDurable = false,
}: PostgresClusterOptions = {}): Promise<PostgresCluster | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-postgres-'))
  await chmod(folder, 0o755)
  const binaries = findPostgresBinaries(folder)
  if (!binaries) {
    await rm(folder, { recursive: true, force: true })
    return undefined
  }
  const dataPath = join(folder, 'data')
  const password = randomBytes(12).toString('hex')
  await initialise({ binaries, folder, dataPath, password })
  const port = await freePort()
  let child: ChildProcess | undefined
  const urlOf = (database: string) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`

  const stop = async (mode: 'fast' | 'immediate' = 'fast') => {
    const stopping = child
    child = undefined
    if (!stopping) return
    const exited = new Promise((resolve) => stopping.once('exit', resolve))
    stopping.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await exited
  }
  const cluster: PostgresCluster = {
    label: binaries.label,
    port,
    urlOf,
    async createDatabase(name) {
      await withClient(urlOf('postgres'), async (client) => {
        await client.query(`drop database if exists "${name}" with (force)`)
        await client.query(`create database "${name}"`)
      })
      return urlOf(name)
    },
    async start() {
      child = await startServer({ binaries, dataPath, port, isDurable })
    },
    stop,
    async destroy() {
      await stop('immediate')
      await rm(folder, { recursive: true, force: true })
    },
    destroyAtOnce() {
      child?.kill('SIGQUIT')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  await cluster.start()
  return cluster
}

/** One connection for as long as `use` runs. */
export async function withClient<Result>(url: string, use: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

interface InitialiseOptions {
  readonly binaries: PostgresBinaries
  readonly folder: string
  readonly dataPath: string
  readonly password: string
}

async function initialise({ binaries, folder, dataPath, password }: InitialiseOptions): Promise<void> {
  const { initdb, env, owner } = binaries
  await mkdir(dataPath)
  const passwordPath = join(folder, 'password')
  await writeFile(passwordPath, password, { mode: 0o600 })
  if (owner) for (const path of [dataPath, passwordPath]) await chown(path, owner.uid, owner.gid)
  const args = ['--pgdata', dataPath, '--username', user, '--pwfile', passwordPath, '--auth', 'scram-sha-256']
  // A locale that sorts unlike bytes do, where there is one: what relies on the order of ids must say so itself.
  await promisify(execFile)(initdb, [...args, '--no-sync', '--encoding', 'UTF8', ...localeFlags(binaries)], {
    env: { ...process.env, ...env },
    ...owner,
  })
}

function localeFlags({ label }: PostgresBinaries): string[] {
  return label.startsWith('embedded')
    ? ['--locale-provider=icu', '--icu-locale=en', '--locale=C']
    : ['--locale=C.UTF-8']
}

interface StartServerOptions {
  readonly binaries: PostgresBinaries
  readonly dataPath: string
  readonly port: number
  readonly isDurable: boolean
}

/** Resolves when it takes connections. */
async function startServer({ binaries, dataPath, port, isDurable }: StartServerOptions): Promise<ChildProcess> {
  const { postgres, env, owner } = binaries
  const all = [`fsync=${isDurable ? 'on' : 'off'}`, ...settings]
  const args = ['-D', dataPath, '-p', String(port), ...all.flatMap((setting) => ['-c', setting])]
  for (let attempt = 1; ; attempt++) {
    const child = spawn(postgres, args, {
      env: { ...process.env, ...env, LC_MESSAGES: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
      ...owner,
    })
    try {
      await becomesReady(child)
      return child
    } catch (error) {
      if (attempt === maxStartAttempts) throw error
    }
  }
}

function becomesReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stderr?.on('data', (chunk) => {
      // Read to the end, or the server would wait for its reader.
      if (text.length < 100_000) text += chunk
      if (text.includes('ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`PostgreSQL did not start: ${text.slice(-2000)}`)))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
