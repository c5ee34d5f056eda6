import type { Image } from '@slipway/sdk'
import type { CommandContext } from '../command.ts'
import { imageToJson } from '../format/image-json.ts'
import { formatRelativeTime } from '../format/relative-time.ts'
import { safeText } from '../format/safe-text.ts'
import { type Column, formatTable } from '../format/table.ts'
import { expandWorkspace } from './workspace-ref.ts'

interface ListArguments {
  readonly options: {
    readonly workspace: string | undefined
    readonly limit: number | undefined
    readonly json: boolean
    readonly quiet: boolean
  }
}

const defaultLimit = 50
/** The most that the API gives in one page. */
const maxPageSize = 200

export async function run({ options }: ListArguments, context: CommandContext): Promise<void> {
  const { output, signal, connect } = context
  const limit = options.limit ?? defaultLimit
  const { client } = await connect()
  const workspace =
    options.workspace === undefined ? undefined : await expandWorkspace(options.workspace, client, signal)
  // One more than wanted tells whether there are more.
  const pageSize = Math.min(limit + 1, maxPageSize)
  const images = client.images.list({ pageSize, workspace, signal })
  const shown: Image[] = []
  let count = 0
  let hasMore = false
  for await (const image of images) {
    if (count === limit) {
      hasMore = true
      break
    }
    count++
    if (options.json) output.json(imageToJson(image))
    else if (options.quiet) output.data(image.id)
    else if (!output.out.isTerminal) output.data(tabSeparated(image))
    else shown.push(image)
  }
  if (shown.length > 0) printTable(shown, context)
  if (options.json || options.quiet) return
  if (count === 0) output.talk('No images here yet. Upload one with: slipway images upload FILE')
  if (hasMore) output.talk(`These are the newest ${limit}; there are more: see them with --limit`)
}

function printTable(images: readonly Image[], { output, now }: CommandContext): void {
  const nowMs = now()
  const columns: readonly Column<Image>[] = [
    { title: 'NAME', value: ({ name }) => safeText(name), canShrink: true },
    { title: 'STATUS', value: ({ uploadStatus }) => safeText(uploadStatus), dropOrder: 1 },
    { title: 'WORKSPACE', value: ({ workspace }) => safeText(workspace), dropOrder: 3, canShrink: true },
    { title: 'CREATED', value: ({ createdAt }) => formatRelativeTime(createdAt, nowMs), dropOrder: 2 },
    { title: 'ID', value: ({ id }) => safeText(id) },
  ]
  const [header = '', ...lines] = formatTable({ rows: images, columns, width: output.out.columns() })
  output.data([output.out.paint('dim', header), ...lines].join('\n'))
}

/** Into a pipe: no header, nothing cut, times that machines read. The id first, as what scripts want most. */
function tabSeparated({ id, name, uploadStatus, workspace, createdAt }: Image): string {
  return [id, name, uploadStatus, workspace, createdAt.toISOString()].map(safeText).join('\t')
}
