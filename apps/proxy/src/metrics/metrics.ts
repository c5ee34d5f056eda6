import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { UploadGate } from '../bytes/upload-gate.ts'
import { countImagesByStatus } from '../metadata/image-counts.ts'
import type { Database } from '../metadata/schema.ts'
import { createRequestMetrics, type RequestMeasurement } from './request-metrics.ts'

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

export function createMetrics({ db, uploads }: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
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
    observeRequest: createRequestMetrics(registry),
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
