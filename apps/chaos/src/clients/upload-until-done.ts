import type { Interruption, UploadTask } from '../plan/client-task.ts'
import { parseUploaded } from './client-actions.ts'
import { type ClientContext, perform } from './client-context.ts'

/** What a client has under a name. */
export interface HeldImage {
  readonly task: UploadTask
  readonly sha256: string
  /** Known once its upload ended well. */
  readonly id: string | undefined
  /** Until then: what the name held before, and may hold still. */
  readonly earlier: HeldImage | undefined
}

export interface UploadOptions {
  readonly task: UploadTask
  /** What the name held before: makes way. */
  readonly earlier: HeldImage | undefined
  /** How often the same command is given before the client gives up for now. */
  readonly maxAttempts: number
  /** Of the first attempt. */
  readonly interruption: Interruption | undefined
  readonly isOver: () => boolean
}

const usageExitCode = 2
const localFileExitCode = 8
const notResumable = /not_resumable|--no-resume/

/** Gives the same command again until it ends well, as its users are told to. */
export async function uploadUntilDone(context: ClientContext, options: UploadOptions): Promise<HeldImage> {
  const { index, files, ledger, evidence, intentions } = context
  const { task, maxAttempts, interruption, isOver } = options
  const { actor, name } = task
  const content = { sizeBytes: task.sizeBytes, seed: task.contentSeed }
  const { path, sha256 } = await files.source(name, content)
  intentions.add(name, sha256)
  const earlier = otherOf(options.earlier, sha256)
  const isOther = earlier !== undefined && earlier.sha256 !== sha256
  const held = { task, sha256, id: undefined, earlier }
  // What is unfinished under the name is another image: going on with it would be refused, or mix the two.
  let resume = !(isOther && earlier.id === undefined)
  for (let attempt = 1; attempt <= maxAttempts && !(attempt > 1 && isOver()); attempt++) {
    const run = await perform(context, {
      actor,
      job: {
        kind: 'upload',
        file: task.source === 'file' ? path : undefined,
        name,
        partSizeBytes: task.partSizeMib * 2 ** 20,
        concurrency: task.concurrency,
        resume,
        // A stream has no record by which a completion whose answer was lost could be told from somebody else's image.
        replace: isOther || task.isShared || (attempt > 1 && task.source === 'stdin') || earlier?.id !== undefined,
        journalDirectory: files.journalDirectory,
        spoolDirectory: files.spoolDirectory,
      },
      stdin: task.source === 'stdin' ? content : undefined,
      interruption: attempt === 1 ? interruption : undefined,
    })
    if (run.exitCode === localFileExitCode && actor === 'command') {
      evidence.violate('the local file is not blamed', `client ${index}: ${run.stderr.trim()}`)
    }
    resume = !(run.exitCode === usageExitCode || notResumable.test(run.stderr))
    if (run.exitCode !== 0) continue
    const told = parseUploaded(run.stdout)
    if (told?.sha256 !== sha256) {
      evidence.violate('exit code 0 is true', `client ${index} uploaded ${sha256} as ${name}, but told ${run.stdout}`)
      return held
    }
    ledger.claimUploaded(told.id, sha256)
    return { ...held, id: told.id, earlier: undefined }
  }
  return held
}

/** An upload of the same bytes that did not end has not made way for itself, but for what was there before it. */
function otherOf(earlier: HeldImage | undefined, sha256: string): HeldImage | undefined {
  return earlier?.id === undefined && earlier?.sha256 === sha256 ? otherOf(earlier.earlier, sha256) : earlier
}
