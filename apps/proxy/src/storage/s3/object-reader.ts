import type { ImageReader } from '../../archive/image-reader.ts'
import type { S3Location } from '../storage-url.ts'
import { objectKeyOf } from './object-key.ts'
import type { ObjectStore } from './object-store.ts'
import { createS3ObjectStore } from './s3-object-store.ts'
import { toStoreError } from './to-store-error.ts'

/** Breaks of the connection that bring no byte; any byte starts the count anew. */
const maxFruitlessAttempts = 5

export function openObjectReader(location: S3Location): ImageReader {
  const store = createS3ObjectStore(location)
  return {
    read: (row) => readObject(store, { key: objectKeyOf(location, row.id), sizeBytes: row.size_bytes ?? 0 }),
    close: () => store.close(),
  }
}

/** @throws {StoreError} when the store cannot be read; @throws {Error} when the object has another length than recorded */
export async function* readObject(
  store: Pick<ObjectStore, 'read' | 'sizeOf'>,
  { key, sizeBytes }: { key: string; sizeBytes: number },
): AsyncGenerator<Uint8Array> {
  const storedBytes = await store.sizeOf(key)
  if (storedBytes === undefined) throw new Error('the object is missing in storage')
  if (storedBytes !== sizeBytes) {
    throw new Error(`the object has ${storedBytes} bytes in storage, ${sizeBytes} are recorded`)
  }
  let position = 0
  for (let fruitlessCount = 0; position < sizeBytes; ) {
    try {
      for await (const chunk of await store.read(key, { start: position })) {
        position += chunk.length
        fruitlessCount = 0
        yield chunk
      }
      if (position < sizeBytes) throw new Error('the answer ended early')
    } catch (error) {
      if (++fruitlessCount >= maxFruitlessAttempts) throw toStoreError('GetObject', error)
    }
  }
}
