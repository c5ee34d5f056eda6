import { createHmac, timingSafeEqual } from 'node:crypto'
import { limits } from '@slipway/core'
import { ApiError } from '../api-error.ts'
import type { Secret } from '../metadata/secrets.ts'

/** What a presigned URL lets its bearer do. */
export type ByteTarget =
  | {
      readonly method: 'PUT'
      readonly imageId: string
      readonly partNumber: number
      /** The URL takes exactly so many bytes. Undefined: any number within the limits. */
      readonly lengthBytes?: number | undefined
    }
  | { readonly method: 'GET'; readonly imageId: string }

export interface PresignedUrl {
  /** Carries its own authority: never log it. */
  readonly url: string
  readonly expiresAt: Date
}

export interface ByteUrls {
  /** @param origin scheme and host that the client reaches this server by */
  issue(target: ByteTarget, origin: string): PresignedUrl
  /**
   * @returns the target with what else the signature binds
   * @throws {ApiError} `invalid_signature` or `expired_url`
   */
  verify<Target extends ByteTarget>(target: Target, query: URLSearchParams): Promise<Target>
}

export interface ByteUrlsOptions {
  /** Newest first: the first one signs, all of them verify, so that keys can rotate under URLs in flight. */
  readonly secrets: () => readonly Secret[]
  /** The secret that a URL names, wherever it was signed. Default: one of `secrets`. */
  readonly find?: (kid: string) => Promise<Secret | undefined>
  readonly now: () => number
  /** Default: one hour. */
  readonly lifetimeMs?: number
}

/** One hour. */
export const byteUrlLifetimeMs = 3_600_000

export function createByteUrls(options: ByteUrlsOptions): ByteUrls {
  const { secrets, now, lifetimeMs = byteUrlLifetimeMs } = options
  const find = options.find ?? (async (kid) => secrets().find(({ id }) => id === kid))
  const newestSecret = () => {
    const [newest] = secrets()
    if (!newest) throw new TypeError('signing URLs needs at least one secret')
    return newest
  }

  return {
    issue(target, origin) {
      // Whole seconds are what the wire tells, so the URL must not live shorter than that.
      const expires = Math.ceil((now() + lifetimeMs) / 1000)
      const newest = newestSecret()
      const url = new URL(bytePathOf(target), origin)
      if (target.method === 'PUT' && target.lengthBytes !== undefined) {
        url.searchParams.set('length', String(target.lengthBytes))
      }
      url.searchParams.set('expires', String(expires))
      url.searchParams.set('kid', newest.id)
      url.searchParams.set('signature', sign(newest, target, String(expires)))
      return { url: url.href, expiresAt: new Date(expires * 1000) }
    },
    async verify(claimed, query) {
      const target = withLength(claimed, query)
      const expires = single(query, 'expires')
      const kid = single(query, 'kid')
      const secret = await find(kid)
      // Compared as text: base64url has spare bits, and a URL that was altered in them is an altered URL.
      const given = Buffer.from(single(query, 'signature'))
      const expected = Buffer.from(sign(secret ?? newestSecret(), target, expires))
      const isGenuine = given.length === expected.length && timingSafeEqual(given, expected) && secret !== undefined
      if (!isGenuine) {
        throw new ApiError({
          code: 'invalid_signature',
          message: 'the signature of this URL is not valid: use the URL exactly as it was given out',
        })
      }
      if (Number(expires) * 1000 <= now()) {
        throw new ApiError({ code: 'expired_url', message: 'this URL has expired: ask for a new one' })
      }
      return target
    },
  }
}

export function bytePathOf(target: ByteTarget): string {
  return target.method === 'PUT' ? `/bytes/${target.imageId}/parts/${target.partNumber}` : `/bytes/${target.imageId}`
}

/** The inverse of {@link bytePathOf}. HEAD is read as GET. @returns undefined for a path that is none of ours */
export function parseBytePath(path: string): { imageId: string; partNumber: number | undefined } | undefined {
  const [, imageId, partNumber] = /^\/bytes\/(image_[0-9a-zA-Z_-]{1,21})(?:\/parts\/([1-9]\d{0,4}))?$/.exec(path) ?? []
  if (imageId === undefined) return undefined
  if (partNumber === undefined) return { imageId, partNumber }
  return Number(partNumber) <= limits.maxPartCount ? { imageId, partNumber: Number(partNumber) } : undefined
}

function sign({ id, value }: Secret, target: ByteTarget, expires: string): string {
  const partNumber = target.method === 'PUT' ? target.partNumber : ''
  // No field can hold a newline, so that the text stands for one set of fields only.
  const fields = ['slipway-bytes-1', target.method, target.imageId, partNumber, expires, id]
  if (target.method === 'PUT' && target.lengthBytes !== undefined) fields.push(`length=${target.lengthBytes}`)
  const text = fields.join('\n')
  return createHmac('sha256', value).update(text).digest('base64url')
}

function withLength<Target extends ByteTarget>(target: Target, query: URLSearchParams): Target {
  if (target.method !== 'PUT' || !query.has('length')) return target
  const length = single(query, 'length')
  // What is no length was never signed as one.
  return { ...target, lengthBytes: /^\d{1,13}$/.test(length) ? Number(length) : -1 }
}

function single(query: URLSearchParams, name: string): string {
  const values = query.getAll(name)
  return values.length === 1 ? (values[0] ?? '') : ''
}
