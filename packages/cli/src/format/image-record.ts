import type { Image } from '@slipway/sdk'
import { formatRecord } from './record.ts'
import { formatRelativeTime } from './relative-time.ts'

/** One image for people: a field a line. */
export function formatImage(image: Image, nowMs: number): string {
  return formatRecord([
    ['id', image.id],
    ['name', image.name],
    ['path', image.resourcePath],
    ['status', image.uploadStatus],
    ['reason', image.failureReason],
    ['public', image.isPublic === undefined ? undefined : image.isPublic ? 'yes' : 'no'],
    ['created', `${image.createdAt.toISOString()} (${formatRelativeTime(image.createdAt, nowMs)})`],
    ['provider', image.provider ?? undefined],
    ['sha256', image.sha256 ?? undefined],
    ['verified', image.sha256Verified === undefined ? undefined : image.sha256Verified ? 'yes' : 'no'],
  ])
}
