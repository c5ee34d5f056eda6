import { extname, join } from 'node:path'
import type { Actor } from '../plan/client-task.ts'
import { slipwayFile } from '../system/programs.ts'
import type { SdkJob } from './sdk-job.ts'

/** A process to start for an action. */
export interface ClientCommand {
  readonly file: string
  readonly args: readonly string[]
}

/** Beside this file, compiled or not. */
const workerFile = join(import.meta.dirname, `sdk-worker${extname(import.meta.filename)}`)

/** The same job as the `slipway` command and as a process of the SDK. */
export function clientCommand(actor: Actor, job: SdkJob): ClientCommand {
  if (actor === 'sdk') return { file: workerFile, args: [JSON.stringify(job)] }
  return { file: slipwayFile, args: argumentsOf(job) }
}

function argumentsOf(job: SdkJob): readonly string[] {
  switch (job.kind) {
    case 'upload':
      return [
        ...['images', 'upload', job.file ?? '-', '--name', job.name, '--json', '--quiet'],
        ...['--part-size', `${job.partSizeBytes / 2 ** 20}MiB`, '--concurrency', String(job.concurrency)],
        ...(job.replace ? ['--if-exists', 'replace'] : []),
        ...(job.resume ? [] : ['--no-resume']),
      ]
    case 'download': {
      const more = job.file === undefined ? [] : ['--force', '--json']
      return ['images', 'download', job.ref, job.file ?? '-', '--concurrency', String(job.concurrency), '-q', ...more]
    }
    case 'verify':
      return ['images', 'verify', job.ref, job.file, '--json']
    case 'list':
      // All of them: without a limit the command shows the newest fifty.
      return ['images', 'list', '--json', '--limit', '100000']
    default:
      return ['images', job.kind, job.ref, '--json']
  }
}

/** What an upload told on standard output, from either of the two. */
export function parseUploaded(stdout: string): { readonly id: string; readonly sha256: string } | undefined {
  try {
    const told = JSON.parse(stdout) as { id?: string; image?: { id: string }; sha256: string }
    const id = told.id ?? told.image?.id
    return id === undefined ? undefined : { id, sha256: told.sha256 }
  } catch {
    return undefined
  }
}

/** The ids that a listing told, from either of the two. */
export function parseListed(stdout: string): ReadonlySet<string> {
  const lines = stdout.split('\n').filter((line) => line !== '')
  return new Set(
    lines.flatMap((line) => {
      const told = JSON.parse(line) as { id?: string; ids?: readonly string[] }
      return told.ids ?? [told.id ?? '']
    }),
  )
}
