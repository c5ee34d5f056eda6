import fc from 'fast-check'
import type { ImageId, Name, WorkspaceId } from '../src/index.ts'

const digitsAndLetters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

const textOf = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength })

const idSuffix = textOf(`${digitsAndLetters}_-`, 1, 21)

export const imageId = idSuffix.map((suffix) => `image_${suffix}` as ImageId)
export const legacyImageId = idSuffix.map((suffix) => `vmi_${suffix}`)
export const workspaceId = idSuffix.map((suffix) => `wksp_${suffix}` as WorkspaceId)

export const name = fc
  .tuple(fc.constantFrom(...digitsAndLetters), textOf(`${digitsAndLetters}._-`, 0, 254))
  .map(([first, rest]) => (first + rest) as Name)

export const imagePath = fc.record({ account: name, workspace: name, name })
export const workspacePath = fc.record({ account: name, name })
export const sha256 = textOf('0123456789abcdef', 64, 64)

/** Text that no identifier may begin or end with; the first ones are what careless patterns and trimming let through. */
export const illegalAffix = fc.oneof(
  fc.constantFrom(
    '\n',
    '\r\n',
    ' ',
    '\t',
    '\0',
    '\u2028',
    '\ufeff',
    '\u00a0',
    '/',
    '%0A',
    '\u00e9',
    '\uff21',
    '\u{1f4bf}',
    '\ud800',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }).filter((text) => !/[\w.:-]/.test(text)),
)

/** A valid value made invalid by what stands before or after it. */
export function withIllegalAffix(valid: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(valid, illegalAffix, fc.boolean())
    .map(([value, affix, isPrefix]) => (isPrefix ? affix + value : value + affix))
}

/** Bytes as a random source would give them, the same ones each time. */
export function fixedBytes(bytes: Uint8Array): (byteCount: number) => Uint8Array {
  let used = 0
  return (byteCount) => Uint8Array.from({ length: byteCount }, () => bytes[used++ % bytes.length] ?? 0)
}
