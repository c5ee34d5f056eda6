import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { canonicalImageIdPattern, type ImageId } from './ids.ts'
import { InvalidValueError } from './invalid-value-error.ts'

/** The place in a list of images at which a page ends: the sort key of its last item. */
export interface ImageCursor {
  /** Milliseconds since the epoch, as stored: finer than the seconds on the wire, so that order is total with `id`. */
  readonly createdAtMs: number
  readonly id: ImageId
}

export interface CursorCodec {
  /** @throws {InvalidValueError} when `cursor` holds a time or an id that no stored image has */
  encode(cursor: ImageCursor): Promise<string>
  /** @throws {InvalidValueError} when `text` was not made by `encode` under the same secret */
  decode(text: unknown, field?: string): Promise<ImageCursor>
}

export const cursorPattern = /^imagec_[A-Za-z0-9_-]+$/

const prefix = 'imagec_'
// 128 bits: a forgery by guessing is out of reach, and the cursor stays short enough to paste.
const tagLengthBytes = 16
// A tag, 16 digits, a dot and 27 characters of id make 88 characters of text. What is much longer is not worth decoding.
const maxCursorLength = 128
// Less could be searched for: NIST SP 800-107 wants at least the tag's strength.
const minSecretLengthBytes = 16

/**
 * Cursors that cannot be forged or altered: an HMAC-SHA-256 over the payload, cut to 16 bytes.
 * Uses Web Crypto, so that it runs wherever the rest of this package does.
 * @param secret the server's key, at least 16 bytes
 * @throws {InvalidValueError} when `secret` is shorter
 */
export function createCursorCodec(secret: Uint8Array): CursorCodec {
  if (secret.length < minSecretLengthBytes) {
    // Its length alone: the value may be most of a real key.
    const value = `${secret.length} bytes`
    throw new InvalidValueError({ field: 'secret', value, expectation: `at least ${minSecretLengthBytes} bytes` })
  }
  const keyBytes = Uint8Array.from(secret)
  let key: Promise<CryptoKey> | undefined

  const tagOf = async (payload: Uint8Array<ArrayBuffer>) => {
    // Imported on first use: some edge runtimes refuse cryptography while a module is being evaluated.
    key ??= crypto.subtle.importKey('raw', keyBytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    return new Uint8Array(await crypto.subtle.sign('HMAC', await key, payload)).subarray(0, tagLengthBytes)
  }

  return {
    async encode({ createdAtMs, id }) {
      if (!Number.isSafeInteger(createdAtMs) || createdAtMs < 0) {
        const expectation = 'whole milliseconds since the epoch'
        throw new InvalidValueError({ field: 'createdAtMs', value: createdAtMs, expectation })
      }
      if (!canonicalImageIdPattern.test(id)) {
        throw new InvalidValueError({ field: 'id', value: id, expectation: 'a canonical image id (image_…)' })
      }
      const payload = Uint8Array.from(new TextEncoder().encode(`${createdAtMs}.${id}`))
      return prefix + encodeBase64url(concat(await tagOf(payload), payload))
    },
    async decode(text, field = 'cursor') {
      const refuse = () =>
        new InvalidValueError({ field, value: text, expectation: 'a cursor that this server gave out, unaltered' })
      if (typeof text !== 'string' || text.length > maxCursorLength || !cursorPattern.test(text)) throw refuse()
      const bytes = decodeBase64url(text.slice(prefix.length))
      if (bytes === undefined || bytes.length <= tagLengthBytes) throw refuse()
      const payload = bytes.slice(tagLengthBytes)
      if (!isEqualInConstantTime(bytes.subarray(0, tagLengthBytes), await tagOf(payload))) throw refuse()
      // What bears the right tag was made by `encode`, so that it has this form.
      const [createdAtMs, id] = new TextDecoder().decode(payload).split('.', 2)
      return { createdAtMs: Number(createdAtMs), id: id as ImageId }
    },
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}

function isEqualInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0)
  return difference === 0
}
