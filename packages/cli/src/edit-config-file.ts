import { mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CommandFailure } from './command-failure.ts'
import { type ConfigFile, defaultProfile, type Profile, readConfigFile } from './config-file.ts'
import { exitCodes } from './exit-codes.ts'

export function profileOf(file: ConfigFile, name: string): Profile | undefined {
  if (name === defaultProfile) {
    const { apiUrl, token } = file
    return { ...(apiUrl !== undefined && { apiUrl }), ...(token !== undefined && { token }) }
  }
  return file.profiles && Object.hasOwn(file.profiles, name) ? file.profiles[name] : undefined
}

export function profileNames({ profiles = {} }: ConfigFile): readonly string[] {
  return [defaultProfile, ...Object.keys(profiles)]
}

export function withProfile(file: ConfigFile, name: string, profile: Profile): ConfigFile {
  if (name !== defaultProfile) return { ...file, profiles: { ...file.profiles, [name]: profile } }
  const { profile: inUse, profiles } = file
  return { ...(inUse !== undefined && { profile: inUse }), ...profile, ...(profiles && { profiles }) }
}

/** Reads the file, changes it, and puts it in its place as a whole: nobody else can read it at any moment. */
export async function editConfigFile(path: string, change: (file: ConfigFile) => ConfigFile): Promise<ConfigFile> {
  const changed = change(await readConfigFile(path))
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    // A link, as of those who keep such files elsewhere, stays a link.
    const target = await realpath(path).catch(() => path)
    const temporary = `${target}.${process.pid}.tmp`
    try {
      const file = await open(temporary, 'wx', 0o600)
      try {
        await file.writeFile(`${JSON.stringify(changed, null, 2)}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, target)
    } finally {
      await rm(temporary, { force: true })
    }
  } catch (error) {
    throw new CommandFailure(`${path} cannot be written (${(error as NodeJS.ErrnoException).code})`, {
      exitCode: exitCodes.localFile,
      cause: error,
    })
  }
  return changed
}
