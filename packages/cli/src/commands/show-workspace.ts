import type { Workspace } from '@slipway/sdk'
import { formatRecord } from '../format/record.ts'
import { formatRelativeTime } from '../format/relative-time.ts'

/** A workspace as `--json` prints it. */
export function workspaceToJson({ id, resourcePath, owner, name, createdAt }: Workspace) {
  return { id, resourcePath, owner, name, createdAt: createdAt.toISOString() }
}

export function formatWorkspace({ id, name, resourcePath, createdAt }: Workspace, nowMs: number): string {
  return formatRecord([
    ['id', id],
    ['name', name],
    ['path', resourcePath],
    ['created', `${createdAt.toISOString()} (${formatRelativeTime(createdAt, nowMs)})`],
  ])
}
