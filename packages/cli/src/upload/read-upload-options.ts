import { usageFailure } from '../values/usage-failure.ts'
import type { IfExists } from './if-exists.ts'

export interface UploadOptions {
  readonly name: string | undefined
  readonly workspace: string | undefined
  readonly 'if-exists': IfExists | undefined
  readonly resume: boolean
  readonly 'no-resume': boolean
  readonly decompress: boolean
  readonly strict: boolean
  readonly concurrency: number | undefined
  readonly 'part-size': number | undefined
  readonly json: boolean
  readonly quiet: boolean
}

/** What the options that depend on each other come to. @throws {CommandFailure} when they contradict each other */
export function readUploadOptions(file: string, options: UploadOptions): { ifExists: IfExists; resume: boolean } {
  const ifExists = options['if-exists'] ?? 'resume'
  if (options.resume && options['no-resume']) throw usageFailure('--resume and --no-resume contradict each other')
  if (options.resume && ifExists === 'fail') throw usageFailure('--resume and --if-exists fail contradict each other')
  if ((ifExists === 'replace' || ifExists === 'skip-if-same') && options.name === undefined) {
    throw usageFailure(`--if-exists ${ifExists} needs a --name: without one, no image can have it`)
  }
  if (ifExists === 'skip-if-same' && file === '-') {
    throw usageFailure(
      '--if-exists skip-if-same reads the image twice, which standard input cannot be',
      'give it a FILE, or use --if-exists replace',
    )
  }
  return { ifExists, resume: !options['no-resume'] && ifExists !== 'fail' }
}
