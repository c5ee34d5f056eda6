import { createHmac } from 'node:crypto'
import type { Store } from './store.ts'

export interface ByteTarget {
  readonly method: 'GET' | 'PUT'
  readonly imageId: string
  readonly partNumber?: number
  readonly lengthBytes?: number | undefined
}

export function issueUrl(store: Store, target: ByteTarget, origin: string): { url: string; expires_at: number } {
  const expires = Math.ceil((Date.now() + store.urlLifetimeMs) / 1000)
  const url = new URL(`/bytes/${target.imageId}${target.partNumber ? `/parts/${target.partNumber}` : ''}`, origin)
  if (target.lengthBytes !== undefined) url.searchParams.set('length', String(target.lengthBytes))
  url.searchParams.set('expires', String(expires))
  url.searchParams.set('signature', sign(store, target, String(expires)))
  return { url: url.href, expires_at: store.has('expires-in-milliseconds') ? expires * 1000 : expires }
}

/** @returns what the URL stands for, or undefined when it was not given out or its time has passed */
export function verifyUrl(store: Store, method: string, url: URL): ByteTarget | undefined {
  const [, imageId = '', part] = /^\/bytes\/([^/]+)(?:\/parts\/(\d+))?$/.exec(url.pathname) ?? []
  const length = url.searchParams.get('length')
  const target: ByteTarget = {
    method: method === 'PUT' ? 'PUT' : 'GET',
    imageId,
    ...(part === undefined ? {} : { partNumber: Number(part) }),
    ...(length === null ? {} : { lengthBytes: Number(length) }),
  }
  const expires = url.searchParams.get('expires') ?? ''
  const isSigned = url.searchParams.get('signature') === sign(store, target, expires)
  if (url.search === '' && store.has('takes-unsigned-urls')) return target
  if (!isSigned && !store.has('checks-no-signature')) return undefined
  if (Number(expires) * 1000 <= Date.now() && !store.has('takes-expired-urls')) return undefined
  return target
}

function sign(store: Store, { method, imageId, partNumber = 0, lengthBytes }: ByteTarget, expires: string): string {
  const text = [
    store.has('signs-no-method') ? '' : method,
    store.has('signs-no-image') ? '' : imageId,
    store.has('signs-no-part') ? '' : partNumber,
    store.has('signs-no-expiry') ? '' : expires,
    lengthBytes ?? '',
  ].join('\n')
  return createHmac('sha256', store.signingKey).update(text).digest('hex')
}
