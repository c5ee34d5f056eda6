import { Counter, type Metric, type Registry } from 'prom-client'

export interface RequestMeasurement {
  readonly method: string
  /** The operation's name, or what else answered: never a path, which could be anything. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

/** From a read of SQLite to the upload of a 5 GiB part. */
const bucketEndsSeconds = [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 60, 300, Number.POSITIVE_INFINITY]
const durationName = 'slipway_http_request_duration_seconds'
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

interface RouteMeasurements {
  /** By status, then by method. */
  readonly counts: Map<number, Map<string, number>>
  readonly bucketCounts: number[]
  sumSeconds: number
}

/**
 * Counts and durations of requests, kept here and told when they are asked for: the library looks a figure up by its labels
 * each time, which for two of them is a twentieth of a small request.
 */
export function createRequestMetrics(registry: Registry): (request: RequestMeasurement) => void {
  const routes = new Map<string, RouteMeasurements>()
  new Counter({
    name: 'slipway_http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [route, { counts }] of routes) {
        for (const [status, byMethod] of counts) {
          for (const [method, count] of byMethod) this.inc({ method, route, status }, count)
        }
      }
    },
  })
  const durations = {
    name: durationName,
    help: 'Time from the head of a request to the end of its answer.',
    type: 'histogram',
    aggregator: 'sum',
    get: async () => ({ ...durations, values: [...routes].flatMap(valuesOf) }),
  }
  // What a registry asks of a metric; its type names the library's own classes.
  registry.registerMetric(durations as unknown as Metric)

  return ({ method, route, status, seconds }) => {
    const measured = routes.get(route) ?? addRoute(routes, route)
    const byMethod = measured.counts.get(status) ?? new Map<string, number>()
    measured.counts.set(status, byMethod)
    const knownMethod = knownMethods.has(method) ? method : 'other'
    byMethod.set(knownMethod, (byMethod.get(knownMethod) ?? 0) + 1)
    const bucket = bucketEndsSeconds.findIndex((end) => seconds <= end)
    measured.bucketCounts[bucket] = (measured.bucketCounts[bucket] ?? 0) + 1
    measured.sumSeconds += seconds
  }
}

function addRoute(routes: Map<string, RouteMeasurements>, route: string): RouteMeasurements {
  const measured = { counts: new Map(), bucketCounts: bucketEndsSeconds.map(() => 0), sumSeconds: 0 }
  routes.set(route, measured)
  return measured
}

function valuesOf([route, { bucketCounts, sumSeconds }]: [string, RouteMeasurements]) {
  let count = 0
  const buckets = bucketEndsSeconds.map((end, index) => {
    count += bucketCounts[index] ?? 0
    return {
      metricName: `${durationName}_bucket`,
      labels: { le: end === Infinity ? '+Inf' : end, route },
      value: count,
    }
  })
  return [
    ...buckets,
    { metricName: `${durationName}_sum`, labels: { route }, value: sumSeconds },
    { metricName: `${durationName}_count`, labels: { route }, value: count },
  ]
}
