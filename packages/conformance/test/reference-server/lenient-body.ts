import type { Fault } from '../mutants/mutants.ts'

type Change = (value: unknown) => unknown

const text =
  (change: (value: string) => unknown): Change =>
  (value) =>
    typeof value === 'string' ? change(value) : value

/** What faulty servers make of a field before they look at its form. */
const changes: Partial<Record<Fault, readonly [field: string, change: Change]>> = {
  'cuts-names': ['name', text((value) => /[a-zA-Z0-9][a-zA-Z0-9._-]*/.exec(value)?.[0].slice(0, 255) ?? value)],
  'trims-names': ['name', text((value) => value.trim())],
  'takes-256-characters': ['name', text((value) => (value.length === 256 ? value.slice(0, 255) : value))],
  'takes-254-characters': ['name', text((value) => (value.length === 255 ? `-${value}` : value))],
  'refuses-null-names': ['name', (value) => (value === null ? 5 : value)],
  'takes-part-0': ['part_id', (value) => (value === 0 ? 1 : value)],
  'takes-part-10001': ['part_id', (value) => (value === 10_001 ? 10_000 : value)],
  'refuses-part-10000': ['part_id', (value) => (value === 10_000 ? 10_001 : value)],
  'rounds-part-numbers': ['part_id', (value) => (typeof value === 'number' ? Math.floor(value) : value)],
  'parses-part-numbers': ['part_id', text(Number)],
  'lowers-digests': ['sha256', text((value) => value.toLowerCase())],
  'trims-digests': ['sha256', text((value) => value.trim())],
}

export function lenientBody(body: unknown, { fault, account }: { fault: Fault | undefined; account: string }): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const copy: Record<string, unknown> = { ...body }
  if (fault === 'takes-bare-workspaces' && copy.workspace === 'default')
    copy.workspace = `sfc:workspace:${account}:default`
  const [field, change] = (fault && changes[fault]) ?? []
  if (field !== undefined && change && field in copy) copy[field] = change(copy[field])
  return copy
}
