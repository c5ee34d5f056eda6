import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { BlobStore } from '../blobs/blob-store.ts'
import type { UploadGate } from '../bytes/upload-gate.ts'
import type { DigestService } from '../digests/digest-service.ts'
import type { PartDigests } from '../digests/part-digests.ts'
import { countImagesByStatus } from '../metadata/image-counts.ts'
import type { Database } from '../metadata/schema.ts'

export interface RequestMeasurement {
  readonly method: string
  /** The operation's name, or what else answered: never a path, which could be anything. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

export interface Metrics {
  observeRequest(request: RequestMeasurement): void
  addReceivedBytes(sizeBytes: number): void
  addSentBytes(sizeBytes: number): void
  /** Another value to be read when the metrics are. */
  addGauge(name: `slipway_${string}`, help: string, read: () => number | Promise<number>): void
  /** In Prometheus' text format. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>
}

export interface MetricsOptions {
  readonly db: Database
  readonly blobs: BlobStore
  readonly digests: DigestService
  readonly partDigests: PartDigests
  readonly uploads: UploadGate
}

/** From a read of SQLite to the upload of a 5 GiB part. */
const durationBucketsSeconds = [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 60, 300]
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

export function createMetrics({ db, blobs, digests, partDigests, uploads }: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: 'slipway_http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const durations = new Histogram({
    name: 'slipway_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['route'],
    buckets: durationBucketsSeconds,
    registers,
  })
  const received = new Counter({ name: 'slipway_received_bytes_total', help: 'Bytes of stored parts.', registers })
  const sent = new Counter({ name: 'slipway_sent_bytes_total', help: 'Bytes of images that were sent.', registers })
  new Gauge({
    name: 'slipway_images',
    help: 'Images that are not deleted, by upload status.',
    labelNames: ['status'],
    registers,
    async collect() {
      for (const [status, count] of await countImagesByStatus(db)) this.set({ status }, count)
    },
  })
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await read())
      },
    })
  gauge('slipway_uploads_active', 'Parts that arrive at this moment.', () => uploads.activeCount())
  gauge('slipway_hash_lag_bytes', 'Bytes that landed and could be hashed into their image already.', () =>
    digests.lagBytes(),
  )
  gauge('slipway_part_digest_queue', 'Parts that wait for a digest of their own.', () => partDigests.waitingCount())
  gauge('slipway_storage_free_bytes', 'Room for more on the storage.', () => blobs.freeBytes())

  return {
    observeRequest({ method, route, status, seconds }) {
      requests.inc({ method: knownMethods.has(method) ? method : 'other', route, status })
      durations.observe({ route }, seconds)
    },
    addGauge: gauge,
    addReceivedBytes: (sizeBytes) => received.inc(sizeBytes),
    addSentBytes: (sizeBytes) => sent.inc(sizeBytes),
    async render() {
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}
