import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { UploadGate } from '../bytes/upload-gate.ts'
import { countImagesByStatus } from '../metadata/image-counts.ts'
import type { Database } from '../metadata/schema.ts'

export interface RequestMeasurement {
  readonly method: string
  /** The operation's name, or what else answered: never a path, which could be anything. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

type RequestLabels = Pick<RequestMeasurement, 'method' | 'route' | 'status'>

export interface Metrics {
  observeRequest(request: RequestMeasurement): void
  addReceivedBytes(sizeBytes: number): void
  addSentBytes(sizeBytes: number): void
  /** A figure that is read when the metrics are asked for. */
  addGauge(name: `slipway_${string}`, help: string, read: () => number | Promise<number>): void
  /** @returns what to call to count on */
  addCounter(name: `slipway_${string}_total`, help: string): (count?: number) => void
  /** In Prometheus' text format. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>
}

export interface MetricsOptions {
  readonly db: Database
  readonly uploads: UploadGate
}

/** From a read of SQLite to the upload of a 5 GiB part. */
const durationBucketsSeconds = [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 60, 300]
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

export function createMetrics({ db, uploads }: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  // Counted here and told when they are asked for: finding a counter by its labels costs more than counting.
  const requestCounts = new Map<string, { readonly labels: RequestLabels; count: number }>()
  new Counter({
    name: 'slipway_http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'route', 'status'],
    registers,
    collect() {
      this.reset()
      for (const { labels, count } of requestCounts.values()) this.inc(labels, count)
    },
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
  const addGauge: Metrics['addGauge'] = (name, help, read) => {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await read())
      },
    })
  }
  addGauge('slipway_uploads_active', 'Parts that arrive at this moment.', () => uploads.activeCount())

  return {
    observeRequest({ method, route, status, seconds }) {
      const key = `${method} ${route} ${status}`
      const known = requestCounts.get(key)
      if (known) known.count++
      else
        requestCounts.set(key, {
          labels: { method: knownMethods.has(method) ? method : 'other', route, status },
          count: 1,
        })
      durations.observe({ route }, seconds)
    },
    addReceivedBytes: (sizeBytes) => received.inc(sizeBytes),
    addSentBytes: (sizeBytes) => sent.inc(sizeBytes),
    addGauge,
    addCounter(name, help) {
      const counter = new Counter({ name, help, registers })
      return (count = 1) => counter.inc(count)
    },
    async render() {
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}
