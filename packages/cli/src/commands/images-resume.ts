import type { CommandContext } from '../command.ts'
import { CommandFailure } from '../command-failure.ts'
import { exitCodes } from '../exit-codes.ts'
import { safeText } from '../format/safe-text.ts'
import { openUploadSource } from '../upload/open-upload-source.ts'
import { runUpload } from '../upload/run-upload.ts'
import { printUpload } from '../upload/upload-result.ts'

interface ResumeArguments {
  readonly positionals: readonly string[]
  readonly options: {
    readonly concurrency: number | undefined
    readonly decompress: boolean
    readonly json: boolean
    readonly quiet: boolean
  }
}

/** Like the upload given again, but it never begins a new one. */
export async function run(
  { positionals: [ref = '', file = ''], options }: ResumeArguments,
  context: CommandContext,
): Promise<void> {
  const { signal, stdin } = context
  const connection = await context.connect()
  const { id, name, resourcePath, uploadStatus } = await connection.client.images.get(ref, { signal })
  if (uploadStatus !== 'started' && uploadStatus !== 'uploading') {
    throw new CommandFailure(`${safeText(name)} (${id}) is ${uploadStatus}, not an unfinished upload`, {
      exitCode: exitCodes.conflict,
      hint: 'upload FILE under another name with slipway upload',
    })
  }
  const { concurrency, decompress, json, quiet } = options
  const source = await openUploadSource({ file, isPacked: decompress, stdin, signal })
  try {
    const workspace = resourcePath.replace('sfc:image:', 'sfc:workspace:').slice(0, -(name.length + 1))
    const target = { name, workspace, resume: true, concurrency, partSizeBytes: undefined, isQuiet: quiet }
    const result = await runUpload({ ...connection, ...target, source }, context)
    printUpload(result, { label: source.label, isJson: json, isQuiet: quiet, isSkipped: false }, context)
  } finally {
    source.close()
  }
}
