import { timingSafeEqual } from 'node:crypto'
import { hashToken, tokenPattern } from './tokens.ts'

interface PresentedToken {
  readonly authorization: Uint8Array
  readonly hash: string
}

/** What each connection said last, for as long as it is open. Few entries, whose keys are old: cheap for the collector. */
const presented = new WeakMap<object, PresentedToken>()

/** Longer ones are nobody's habit: they are read anew rather than held. */
const maxRememberedLength = 128

/**
 * The hash of the token in an `Authorization` header. A connection says the same in each of its requests, and reading and
 * hashing that anew is a twentieth of a small request. It never learns what another connection said, and comparing takes as
 * long whatever differs: connections of a gateway carry the tokens of many.
 * @param connection the socket itself: what it said last is kept by its identity
 * @returns undefined when there is no token in it, or nothing that could be one
 */
export function hashPresentedToken(authorization: string, connection: object): string | undefined {
  if (authorization.length > maxRememberedLength) return hashTokenOf(authorization)
  const bytes = Buffer.from(authorization)
  const last = presented.get(connection)
  if (last && bytes.length === last.authorization.length && timingSafeEqual(bytes, last.authorization)) return last.hash
  const hash = hashTokenOf(authorization)
  // A copy, since a small buffer is a piece of a large one, all of which it would keep.
  if (hash !== undefined) presented.set(connection, { authorization: new Uint8Array(bytes), hash })
  return hash
}

function hashTokenOf(authorization: string): string | undefined {
  const [, token = ''] = /^bearer +(\S+) *$/i.exec(authorization) ?? []
  return tokenPattern.test(token) ? hashToken(token) : undefined
}
