import { isImageId } from '@slipway/core'

// `<image id>/<part number>-<random>.part`: both the key and the path under the blobs folder.
const fileNamePattern = /^[1-9]\d{0,4}-[A-Za-z0-9_-]{12}\.part$/
const temporaryNamePattern = /^[1-9]\d{0,4}-[A-Za-z0-9_-]{12}\.tmp$/

export function isBlobFileName(name: string): boolean {
  return fileNamePattern.test(name)
}

export function isTemporaryFileName(name: string): boolean {
  return temporaryNamePattern.test(name)
}

/** Guards the file system: a key that could lead out of the blobs folder is a bug, not a request. */
export function assertBlobKey(blobKey: string): void {
  const [imageId, name, ...rest] = blobKey.split('/')
  if (!isImageId(imageId) || name === undefined || !isBlobFileName(name) || rest.length > 0) {
    throw new TypeError('not a blob key')
  }
}

/** The same guard for a folder's name. */
export function assertImageId(imageId: string): void {
  if (!isImageId(imageId)) throw new TypeError('not an image id')
}
