import type { CommandContext } from '../command.ts'
import { CommandFailure } from '../command-failure.ts'
import { checkSpool } from '../doctor/check-machine.ts'
import { exitCodes } from '../exit-codes.ts'
import { imageWarnings } from '../preflight/image-warnings.ts'
import { checkServer } from '../preflight/server-checks.ts'
import { hashSource } from '../upload/hash-source.ts'
import { clearTheWay } from '../upload/if-exists.ts'
import { openUploadSource, type UploadSource } from '../upload/open-upload-source.ts'
import { readUploadOptions, type UploadOptions } from '../upload/read-upload-options.ts'
import { runUpload } from '../upload/run-upload.ts'
import { printUpload } from '../upload/upload-result.ts'
import { expandWorkspace } from './workspace-ref.ts'

interface UploadArguments {
  readonly positionals: readonly string[]
  readonly options: UploadOptions
}

export async function run(
  { positionals: [file = ''], options }: UploadArguments,
  context: CommandContext,
): Promise<void> {
  const { ifExists, resume } = readUploadOptions(file, options)
  const openSource = () =>
    openUploadSource({ file, isPacked: options.decompress, stdin: context.stdin, signal: context.signal })
  const connection = await context.connect()
  const source = await openSource()
  try {
    await preflight(source, connection, options, context)
    const { name, workspace: typedWorkspace, concurrency, 'part-size': partSizeBytes } = options
    const workspace =
      typedWorkspace === undefined
        ? undefined
        : await expandWorkspace(typedWorkspace, connection.client, context.signal)
    const isQuiet = options.quiet
    const print = { label: source.label, isJson: options.json, isQuiet }
    if (name !== undefined) {
      const hash = () => hashAgain(openSource, context, options.quiet)
      const clearance = await clearTheWay(
        { ...connection, ifExists, resume, name, workspace, source, hash, partSizeBytes, concurrency, isQuiet },
        context,
      )
      if (clearance.kind === 'same') {
        printUpload(
          { ...nothingSent, ...clearance, sha256: clearance.image.sha256 ?? '' },
          { ...print, isSkipped: true },
          context,
        )
        return
      }
    }
    const result = await runUpload(
      { ...connection, source, name, workspace, resume, concurrency, partSizeBytes, isQuiet },
      context,
    )
    printUpload(result, { ...print, isSkipped: false }, context)
  } finally {
    source.close()
  }
}

const nothingSent = { partCount: 0, durationMs: 0, retryCount: 0, reusedBytes: 0, sentBytes: 0 }

/** Everything that can be known before anything is created on the server. */
async function preflight(
  { input, inspection, label }: UploadSource,
  { client }: Awaited<ReturnType<CommandContext['connect']>>,
  { strict, quiet }: UploadOptions,
  context: CommandContext,
): Promise<void> {
  const ofImage = inspection ? imageWarnings(inspection).map((warning) => `${label}: ${warning}`) : []
  // A stream's parts wait in the folder for temporary files.
  const spool = typeof input === 'string' ? undefined : await checkSpool()
  if (spool?.status === 'warning') ofImage.push(`${spool.check}: ${spool.message}`)
  if (strict) refuseOn(ofImage)
  const ofServer = await checkServer(client, context)
  if (strict) refuseOn(ofServer)
  if (quiet) return
  for (const warning of [...ofImage, ...ofServer]) context.output.warn(warning)
}

function refuseOn([first, ...others]: readonly string[]): void {
  if (first === undefined) return
  const more = others.length === 0 ? '' : ` (and ${others.length} more: \`slipway doctor FILE\` shows them)`
  throw new CommandFailure(`${first}${more}`, {
    exitCode: exitCodes.localFile,
    hint: 'without --strict this is only a warning; nothing was created',
  })
}

/** A stream is read twice: once to be hashed here, once to be sent. */
async function hashAgain(
  openSource: () => Promise<UploadSource>,
  { output, signal }: CommandContext,
  isQuiet: boolean,
) {
  const source = await openSource()
  try {
    if (!isQuiet) output.talk(`Comparing ${source.label} with the image of that name…`)
    return await hashSource(source, signal)
  } finally {
    source.close()
  }
}
