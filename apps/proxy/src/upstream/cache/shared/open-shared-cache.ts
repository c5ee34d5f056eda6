import { ConfigError } from '../../../config-error.ts'
import type { ServeConfig } from '../../../config-schema.ts'
import { createS3ObjectStore } from '../../../storage/s3/s3-object-store.ts'
import { isMisconfiguration, toStoreError } from '../../../storage/s3/to-store-error.ts'
import { createYoungCollector } from '../../../young-collector.ts'
import { entryPrefixOf } from './entry-record.ts'
import { createSharedCache, type SharedCache, type SharedCacheOptions } from './shared-cache.ts'

export interface OpenSharedCacheOptions extends Pick<SharedCacheOptions, 'now' | 'log' | 'openFile' | 'onReadBytes'> {
  readonly location: NonNullable<ServeConfig['cacheUrl']>
  readonly config: Pick<ServeConfig, 'cacheUrlBytes' | 'upstreamTimeoutMs'>
}

/** @throws {ConfigError} when the store refuses the credentials or has no such bucket; one that is merely down is no matter */
export async function openSharedCache({ location, config, ...options }: OpenSharedCacheOptions): Promise<SharedCache> {
  const store = createS3ObjectStore(location)
  try {
    await store.check()
  } catch (thrown) {
    const error = toStoreError('start', thrown)
    if (isMisconfiguration(error)) {
      store.close()
      throw new ConfigError(`--cache-url: ${error.message}`)
    }
    options.log.warn({ err: error }, 'the shared cache cannot be used yet')
  }
  return createSharedCache({
    ...options,
    store,
    entryPrefix: entryPrefixOf(location),
    capacityBytes: config.cacheUrlBytes,
    noteArrivedBytes: createYoungCollector(),
    stallTimeoutMs: config.upstreamTimeoutMs,
  })
}
