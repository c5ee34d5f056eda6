import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { DemoFailure } from './demo-failure.ts'

export type DemoArguments =
  | { readonly kind: 'help' }
  /** Without a file, one is made. */
  | { readonly kind: 'run'; readonly source: SourceFile | undefined }

export interface SourceFile {
  readonly path: string
  readonly sizeBytes: number
}

/** The API's limit. */
const maxImageSizeBytes = 128 * 1024 ** 3

/**
 * Reads and checks what was typed after `demo`, before anything is started.
 * @param workingDirectory where relative paths begin: the folder in which the user typed the command
 */
export async function readDemoArguments(argv: readonly string[], workingDirectory: string): Promise<DemoArguments> {
  // pnpm passes a `--` on as it is.
  const words = argv[0] === '--' ? argv.slice(1) : argv
  if (words.includes('--help') || words.includes('-h')) return { kind: 'help' }
  const option = argv[0] === '--' ? undefined : words.find((word) => word.startsWith('-'))
  if (option !== undefined) throw new DemoFailure(`unknown option ${option}: the demo takes one file, or nothing`)
  const [file, ...more] = words
  if (more.length > 0) throw new DemoFailure(`the demo takes one file, not ${words.length}: ${words.join(' ')}`)
  return { kind: 'run', source: file === undefined ? undefined : await checkSource(file, workingDirectory) }
}

async function checkSource(file: string, workingDirectory: string): Promise<SourceFile> {
  if (file === '') throw new DemoFailure('the file name is empty')
  const path = resolve(workingDirectory, file)
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw new DemoFailure(`there is no file ${path}`)
    throw new DemoFailure(`${path} cannot be looked at (${error.code})`)
  })
  if (stats.isDirectory()) throw new DemoFailure(`${path} is a directory: give a disk image file`)
  if (!stats.isFile()) throw new DemoFailure(`${path} is not a regular file`)
  if (stats.size === 0) throw new DemoFailure(`${path} is empty: a disk image has at least one byte`)
  if (stats.size > maxImageSizeBytes) throw new DemoFailure(`${path} is larger than the 128 GiB that an image can have`)
  await access(path, constants.R_OK).catch(() => {
    throw new DemoFailure(`${path} cannot be read: you have no permission for it`)
  })
  return { path, sizeBytes: stats.size }
}
