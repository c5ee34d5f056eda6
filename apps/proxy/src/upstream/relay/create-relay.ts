import { join, resolve } from 'node:path'
import type { Dispatcher } from 'undici'
import type { ByteHandlers } from '../../bytes/serve-bytes.ts'
import { createUploadGate } from '../../bytes/upload-gate.ts'
import type { ServeConfig } from '../../config-schema.ts'
import { createYoungCollector } from '../../young-collector.ts'
import type { CacheStore } from '../cache/cache-store.ts'
import { createFilesystemCacheStore } from '../cache/filesystem-cache-store.ts'
import { createImageCache, type ImageCache } from '../cache/image-cache.ts'
import type { SharedCache } from '../cache/shared/shared-cache.ts'
import type { UpstreamBytes } from '../images/upstream-bytes.ts'
import { createByteUrlCheck } from '../transport/byte-targets.ts'
import { createCircuit } from '../transport/circuit.ts'
import { createDownloadFacts } from './download-facts.ts'
import { createImageGate } from './image-gate.ts'
import { createPartUrls } from './part-urls.ts'
import { createRelayBytes } from './relay-bytes.ts'
import type { RelayContext } from './relay-context.ts'
import { type RelayImageContext, relayImage } from './relay-image.ts'
import { relayPart } from './relay-part.ts'
import { removeIdleRelays } from './remove-idle-relays.ts'
import { createSpool } from './spool.ts'

type Given = Pick<
  RelayContext,
  'api' | 'db' | 'log' | 'now' | 'features' | 'policy' | 'byteUrls' | 'uploads' | 'metrics' | 'redact' | 'scopes'
> &
  Pick<RelayImageContext, 'buffers'>

export interface CreateRelayOptions extends Given {
  readonly config: ServeConfig
  readonly apiUrl: string
  readonly dispatcher: Dispatcher
  readonly direct: UpstreamBytes
}

export interface Relay {
  readonly bytes: UpstreamBytes
  readonly handlers: ByteHandlers
  /** Undefined: there is none. */
  readonly cache: ImageCache | undefined
  /** Drops the copies of uploads that were given up. @returns how many */
  removeIdle(): Promise<number>
  close(): Promise<void>
}

/** Downloads that go past the cache at the same time. */
const maxPassing = 64

/** Bytes that pass through this server on their way to and from the upstream. */
export async function createRelay({ config, apiUrl, direct, ...given }: CreateRelayOptions): Promise<Relay> {
  const { api, db, log, now, buffers } = given
  const spool = config.relayVerify
    ? await createSpool({ db, directory: resolve(config.dataDir ?? '', 'relay'), buffers, log })
    : undefined
  const cache = await openCache({ config, now, log, metrics: given.metrics })
  if (cache) {
    const { addGauge } = given.metrics
    addGauge('slipway_cache_reserved_bytes', 'Room that cached images take.', () => cache.usage().reservedBytes)
    addGauge('slipway_cache_readers', 'Downloads from the cache at this moment.', () => cache.usage().readerCount)
    addGauge('slipway_cache_fills', 'Images that arrive in the cache at this moment.', () => cache.usage().fillCount)
  }
  const context: RelayContext = {
    ...given,
    checkByteUrl: createByteUrlCheck({ apiUrl, storageHosts: config.upstreamStorageHosts }),
    byteCircuit: createCircuit({ now, onChange: (state) => log.warn({ state }, 'the circuit to the storage changed') }),
    gate: createImageGate(),
    partUrls: createPartUrls({ api, now }),
    spool,
    stallTimeoutMs: config.upstreamTimeoutMs,
    noteArrivedBytes: createYoungCollector(),
  }
  const downloads = createDownloadFacts({ api, now, recheckMs: config.cacheRecheckMs })
  const imageContext = {
    ...context,
    downloads,
    cache,
    buffers,
    passing: createUploadGate({ maxCount: maxPassing }),
    idleTimeoutMs: config.idleTimeoutMs,
  }
  return {
    bytes: createRelayBytes({ context, downloads, direct }),
    handlers: {
      putPart: (options) => relayPart(context, options),
      getImage: (options) => relayImage(imageContext, options),
    },
    cache,
    removeIdle: () => removeIdleRelays(context, { idleMs: config.uploadExpiryMs }),
    async close() {
      await cache?.close()
      await spool?.close()
    },
  }
}

type OpenCacheOptions = Pick<CreateRelayOptions, 'config' | 'now' | 'log' | 'metrics'>

async function openCache(options: OpenCacheOptions): Promise<ImageCache | undefined> {
  const { config, now, log } = options
  const { cacheBytes: capacityBytes, cacheDir, dataDir } = config
  if (capacityBytes === undefined) return undefined
  const store = await createFilesystemCacheStore({ directory: cacheDir ?? join(dataDir ?? '', 'cache') })
  const shared = await openShared(options, store)
  return await createImageCache({ store, shared, capacityBytes, now, log })
}

async function openShared(
  { config, now, log, metrics }: OpenCacheOptions,
  { open }: CacheStore,
): Promise<SharedCache | undefined> {
  const { cacheUrl: location } = config
  if (location === undefined) return undefined
  const onReadBytes = metrics.addCounter(
    'slipway_shared_cache_read_bytes_total',
    'Bytes of images that came from the shared cache instead of the upstream.',
  )
  // Loaded when wanted: the client of an object store takes a third of a second and 20 MiB.
  const { openSharedCache } = await import('../cache/shared/open-shared-cache.ts')
  return await openSharedCache({ location, config, now, log, openFile: open, onReadBytes })
}
