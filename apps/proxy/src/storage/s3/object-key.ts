import { isImageId } from '@slipway/core'
import type { S3Location } from '../storage-url.ts'

/** Every image is one object: `<prefix>/images/<image id>`. */
export function objectKeyOf(location: Pick<S3Location, 'prefix'>, imageId: string): string {
  return objectPrefixOf(location) + imageId
}

export function objectPrefixOf({ prefix }: Pick<S3Location, 'prefix'>): string {
  return prefix === '' ? 'images/' : `${prefix}/images/`
}

/** @returns undefined for a key that is none of this installation's */
export function imageIdOf(location: Pick<S3Location, 'prefix'>, key: string): string | undefined {
  const prefix = objectPrefixOf(location)
  const id = key.startsWith(prefix) ? key.slice(prefix.length) : ''
  return isImageId(id) ? id : undefined
}
