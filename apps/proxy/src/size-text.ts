import type { z } from 'zod'

const unitBytes: Readonly<Record<string, number>> = { '': 1, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

/** Reads a size such as `500GiB` into bytes, as the transform of a schema. */
export function parseSizeText(text: string, context: Pick<z.RefinementCtx, 'addIssue'>): number {
  const [, digits, unit = ''] = /^(\d{1,15})\s*(MiB|GiB|TiB)?$/.exec(text) ?? []
  const sizeBytes = Number(digits) * (unitBytes[unit] ?? 1)
  if (digits !== undefined && sizeBytes > 0 && Number.isSafeInteger(sizeBytes)) return sizeBytes
  context.addIssue({ code: 'custom', message: 'must be a size such as 500GiB, 2TiB or a number of bytes' })
  // What is returned beside an issue is never used.
  return 0
}
