import { z } from 'zod'
import { ApiError } from '../api-error.ts'
import { invalidRequest } from '../api-errors.ts'

/**
 * Reads a query string by its schema. Unknown parameters are ignored; one that takes a single value must not repeat.
 * @throws {ApiError}
 */
export function parseQuery(schema: z.ZodObject, query: URLSearchParams): unknown {
  const raw: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(schema.shape)) {
    const values = query.getAll(name)
    if (values.length === 0) continue
    if (isArray(field)) raw[name] = values
    else if (values.length === 1) raw[name] = values[0]
    else throw repeated(name)
  }
  const parsed = schema.safeParse(raw)
  if (parsed.success) return parsed.data
  throw invalidRequest(parsed.error)
}

function isArray(field: unknown): boolean {
  if (field instanceof z.ZodOptional || field instanceof z.ZodDefault) return isArray(field.unwrap())
  return field instanceof z.ZodArray
}

function repeated(name: string): ApiError {
  return new ApiError({
    code: 'invalid_format',
    field: name,
    message: `${name} can be given once only: remove the others`,
  })
}
