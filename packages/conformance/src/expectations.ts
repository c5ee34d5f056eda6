import { type ErrorDetail, errorBodySchema, errorStatuses, errorTypeOf } from '@slipway/core'
import { type Answer, describeAnswer } from './http/answer.ts'
import { type BytesAnswer, describeBytesAnswer } from './http/bytes.ts'
import { Violation } from './violation.ts'

/** @throws {Violation} with the message when the condition does not hold */
export function expectThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Violation(message)
}

/** Compares by JSON, which is what travels. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  expectThat(got === wanted, `${what} must be ${wanted}, not ${got}`)
}

export function expectStatus(answer: Answer | BytesAnswer, ...expected: readonly number[]): void {
  const shown = 'bytes' in answer ? describeBytesAnswer(answer) : describeAnswer(answer)
  expectThat(expected.includes(answer.status), `expected ${expected.join(' or ')}; ${shown}`)
}

export interface ExpectedError {
  /** The field that a detail must name. */
  readonly field?: string
  /** What message or details must say, in words or numbers. */
  readonly says?: RegExp
}

/** A refusal in the envelope, with the type for its status. @returns the details */
export function expectError(
  answer: Answer,
  status: number | readonly number[],
  { field, says }: ExpectedError = {},
): readonly ErrorDetail[] {
  expectStatus(answer, ...[status].flat())
  const parsed = errorBodySchema.safeParse(answer.body)
  expectThat(
    parsed.success,
    `an error must have the form {"error": {"type", "message", "details"?}}; ${describeAnswer(answer)}`,
  )
  const { type, message, details = [] } = parsed.data.error
  const isListed = Object.values<number>(errorStatuses).includes(answer.status)
  const expectedType = errorTypeOf(answer.status)
  // One conflict has a type of its own: a creation that is repeated with another body under one key.
  const isType = isListed ? type === expectedType : type in errorStatuses
  expectThat(
    isType || (answer.status === 409 && type === 'idempotency_error'),
    `the error's type for ${answer.status} must be ${isListed ? expectedType : 'a documented one'}; ${describeAnswer(answer)}`,
  )
  expectThat(message.trim() !== '', `the error's message must say what was wrong; ${describeAnswer(answer)}`)
  if (field !== undefined) {
    expectThat(
      details.some((detail) => lastSegment(detail.field) === field),
      `details[].field must name ${field}; ${describeAnswer(answer)}`,
    )
  }
  if (says) {
    const said = [message, ...details.map((detail) => `${detail.field ?? ''} ${detail.message}`)].join(' ')
    expectThat(says.test(said), `the error must say ${says}; ${describeAnswer(answer)}`)
  }
  return details
}

/** `name`, `body.name` and `/name` are the same field. */
function lastSegment(field: string | undefined): string | undefined {
  return field?.split(/[./]/).at(-1)
}

/** An answer of the given status in the given form. @returns its body as it came */
export function expectShape(
  answer: Answer,
  statuses: number | readonly number[],
  schema: { safeParse(value: unknown): { success: boolean; error?: { issues: readonly SchemaIssue[] } | undefined } },
  // biome-ignore lint/suspicious/noExplicitAny: the body as it came, whose form was just checked
): any {
  expectStatus(answer, ...[statuses].flat())
  const parsed = schema.safeParse(answer.body)
  if (!parsed.success) {
    const [issue] = parsed.error?.issues ?? []
    const where = issue?.path.map(String).join('.') || 'the body'
    throw new Violation(`${where} is not as documented (${issue?.message}); ${describeAnswer(answer)}`)
  }
  return answer.body
}

interface SchemaIssue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** The keys must be there; a null is something else than nothing. */
export function expectKeys(value: object, keys: readonly string[], what: string): void {
  const missing = keys.filter((key) => !Object.hasOwn(value, key))
  expectThat(missing.length === 0, `${what} must have ${missing.join(', ')}; it has ${Object.keys(value).join(', ')}`)
}
