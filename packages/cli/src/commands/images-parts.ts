import type { Part } from '@slipway/sdk'
import type { CommandContext } from '../command.ts'
import { formatBytes } from '../format/bytes.ts'
import { safeText } from '../format/safe-text.ts'
import { type Column, formatTable } from '../format/table.ts'

interface PartsArguments {
  readonly positionals: readonly string[]
  readonly options: { readonly json: boolean }
}

const columns: readonly Column<Part>[] = [
  { title: 'PART', value: ({ partNumber }) => String(partNumber) },
  { title: 'SIZE', value: ({ sizeBytes }) => formatBytes(sizeBytes) },
  { title: 'ETAG', value: ({ etag }) => safeText(etag), dropOrder: 1, canShrink: true },
  { title: 'SHA256', value: ({ sha256 = '' }) => safeText(sha256), dropOrder: 2, canShrink: true },
]

export async function run(
  { positionals: [ref = ''], options }: PartsArguments,
  { output, signal, connect }: CommandContext,
): Promise<void> {
  const { client } = await connect()
  const shown: Part[] = []
  let totalBytes = 0
  for await (const part of client.images.listParts(ref, { signal })) {
    const { partNumber, sizeBytes, etag, sha256 = null } = part
    totalBytes += sizeBytes
    if (options.json) output.json({ partNumber, sizeBytes, etag, sha256 })
    else if (output.out.isTerminal) shown.push(part)
    else output.data([partNumber, sizeBytes, safeText(etag), safeText(sha256 ?? '')].join('\t'))
  }
  if (options.json) return
  if (shown.length > 0) {
    const [header = '', ...lines] = formatTable({ rows: shown, columns, width: output.out.columns() })
    output.data([output.out.paint('dim', header), ...lines].join('\n'))
  }
  if (output.out.isTerminal) output.talk(`${formatBytes(totalBytes)} are on the server`)
}
