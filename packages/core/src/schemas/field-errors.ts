import type { z } from 'zod'
import type { ErrorCode } from '../errors.ts'
import type { ErrorDetail } from './error.ts'

type Issue = z.core.$ZodIssue

// A hostile body may hold thousands of unknown fields with long names: the answer stays small all the same.
const maxDetails = 20
const maxFieldLength = 120

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a JSON object',
  string: 'a string',
}

/**
 * Turns a failed zod parse into the envelope's `details`: a field, a stable code, what was wrong and what to do. The
 * `error` of a schema completes the sentence "<field> must be …". At most 20 details, and one for each field and code.
 */
export function fieldErrors(error: z.ZodError): ErrorDetail[] {
  const details = new Map<string, ErrorDetail>()
  for (const issue of error.issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [key]) : [[]]
    for (const key of keys) {
      if (details.size === maxDetails) return [...details.values()]
      const field = fieldOf([...issue.path, ...key])
      const code = codeOf(issue)
      // The last one counts: zod compares with the safe integers before it compares with the schema's own bounds.
      details.set(`${code} ${field}`, { field, code, message: `${field} ${remedyOf(issue)}` })
    }
  }
  return [...details.values()]
}

function fieldOf(path: readonly PropertyKey[]): string {
  // Only a body is refused as a whole: parameters and queries are always objects.
  const field = path.map(String).join('.') || 'body'
  return field.length <= maxFieldLength ? field : `${field.slice(0, maxFieldLength)}…`
}

function codeOf(issue: Issue): ErrorCode {
  if (isMissing(issue)) return 'required'
  if (issue.code === 'unrecognized_keys') return 'unrecognized_field'
  if (issue.code === 'invalid_type') return 'invalid_type'
  if (issue.code === 'too_small' || issue.code === 'too_big') return 'out_of_range'
  return 'invalid_format'
}

function remedyOf(issue: Issue): string {
  if (isMissing(issue)) return 'is required: add it'
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'is not a field of this request: remove it or check its spelling'
    case 'invalid_type':
      return `must be ${customMessageOf(issue) ?? kinds[issue.expected] ?? `of type ${issue.expected}`}`
    case 'too_small':
      return `must ${boundOf(issue.origin, 'at least', issue.minimum)}`
    case 'too_big':
      return `must ${boundOf(issue.origin, 'at most', issue.maximum)}`
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
    default:
      return `must be ${customMessageOf(issue) ?? 'in the documented form'}`
  }
}

function boundOf(origin: string, relation: string, bound: number | bigint): string {
  if (origin === 'string') return `have ${relation} ${bound} characters`
  return origin === 'array' ? `have ${relation} ${bound} items` : `be ${relation} ${bound}`
}

/** zod does not keep the refused value in the issue; its own message still tells a missing one. */
function isMissing(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
}

/** zod's own messages start like this; they are no end to "<field> must be …". */
function customMessageOf({ message }: Issue): string | undefined {
  return message.startsWith('Invalid ') ? undefined : message
}
