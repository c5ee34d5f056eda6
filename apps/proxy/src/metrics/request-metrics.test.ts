import { Histogram, Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { createRequestMetrics } from './request-metrics.ts'

it('tells of requests by method, route and status', async () => {
  const registry = new Registry()
  const observe = createRequestMetrics(registry)
  const request = { route: 'getImage', status: 200, seconds: 0.002 }
  for (const method of ['GET', 'GET', 'BREW', 'TRACE']) observe({ ...request, method })
  observe({ ...request, method: 'GET', status: 404 })
  const text = await registry.metrics()
  expect(text).toContain('slipway_http_requests_total{method="GET",route="getImage",status="200"} 2')
  expect(text).toContain('slipway_http_requests_total{method="other",route="getImage",status="200"} 2')
  expect(text).toContain('slipway_http_requests_total{method="GET",route="getImage",status="404"} 1')
  expect(await registry.metrics()).toBe(text)
})

it("tells of durations as the library's own histogram does", async () => {
  const [own, theirs] = [new Registry(), new Registry()]
  const observe = createRequestMetrics(own)
  const histogram = new Histogram({
    name: 'slipway_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['route'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 60, 300],
    registers: [theirs],
  })
  for (const [route, seconds] of [
    ['a', 0],
    ['a', 0.001],
    ['a', 0.3],
    ['b', 1000],
    ['b', 300],
  ] as const) {
    observe({ method: 'GET', status: 200, route, seconds })
    histogram.observe({ route }, seconds)
  }
  expect(await own.getSingleMetricAsString('slipway_http_request_duration_seconds')).toBe(
    await theirs.getSingleMetricAsString('slipway_http_request_duration_seconds'),
  )
})
