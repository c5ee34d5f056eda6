import { timingSafeEqual } from 'node:crypto'
import { hashToken, tokenPattern } from './tokens.ts'

interface PresentedToken {
  readonly authorization: Buffer
  readonly hash: string
}

/** What each connection said last. */
const presented = new WeakMap<object, PresentedToken>()

/**
 * The hash of the token in an `Authorization` header. A connection says the same in each of its requests, and reading and
 * hashing that anew is a twentieth of a small request. It never learns what another connection said, and comparing takes as
 * long whatever differs: connections of a gateway carry the tokens of many.
 * @returns undefined when there is no token in it, or nothing that could be one
 */
export function hashPresentedToken(authorization: string, connection: object): string | undefined {
  const bytes = Buffer.from(authorization)
  const last = presented.get(connection)
  if (last && bytes.length === last.authorization.length && timingSafeEqual(bytes, last.authorization)) return last.hash
  const [, token = ''] = /^bearer +(\S+) *$/i.exec(authorization) ?? []
  if (!tokenPattern.test(token)) return undefined
  const hash = hashToken(token)
  presented.set(connection, { authorization: bytes, hash })
  return hash
}
