/** What every parser of this package throws: which field, what it held, what it should have held. */
export class InvalidValueError extends Error {
  override readonly name = 'InvalidValueError'
  /** The field's name as the caller knows it, such as `workspace` or `id`. */
  readonly field: string
  /** The refused value, as it was given. */
  readonly value: unknown
  /** What would have been accepted, as a noun phrase: `an image id such as image_k3R-nX9vLm7Qp2Yw5Jd8F`. */
  readonly expectation: string

  constructor({ field, value, expectation }: { field: string; value: unknown; expectation: string }) {
    super(`${field} must be ${expectation}, ${value === undefined ? 'but it is missing' : `not ${quote(value)}`}`)
    this.field = field
    this.value = value
    this.expectation = expectation
  }
}

const maxQuotedLength = 80

/** Long values are shortened and unprintable characters escaped: the message goes to terminals and logs. */
function quote(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'an array'
  if (typeof value !== 'string') return `a value of type ${typeof value}`
  const quoted = JSON.stringify(value.slice(0, maxQuotedLength)).replaceAll(unprintable, escapeCharacter)
  return value.length <= maxQuotedLength ? quoted : `${quoted.slice(0, -1)}…" (${value.length} characters)`
}

// Control, format (such as text direction) and unassigned characters, and separators of lines, beyond what JSON escapes.
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu

function escapeCharacter(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`
}
