import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpFault, HttpFaultKind } from '../plan/http-fault.ts'
import { CutError, corruptAt, cutAfter, throttle, trickle } from './byte-stages.ts'
import type { Exchange } from './exchange.ts'
import type { Traffic } from './traffic.ts'

interface FaultContext {
  readonly exchange: Exchange
  /** What else passes by. */
  readonly traffic: Traffic
}

type FaultOf<Kind extends HttpFaultKind> = Extract<HttpFault, { readonly kind: Kind }>
type Behaviours = {
  readonly [Kind in HttpFaultKind]: (context: FaultContext, fault: FaultOf<Kind>) => Promise<void>
}

const errorBody = JSON.stringify({
  error: { type: 'api_error', message: 'We encountered an internal error. Please try again.', details: [] },
})
const json = { 'content-type': 'application/json' }

const behaviours: Behaviours = {
  'reset-request': ({ exchange }, { atFraction }) => cutRequest(exchange, atFraction, 'reset'),
  'truncate-request': ({ exchange }, { atFraction }) => cutRequest(exchange, atFraction, 'end'),
  'reset-response': ({ exchange }, { atFraction }) => cutResponse(exchange, atFraction, exchange.reset),
  'truncate-response': ({ exchange }, { atFraction }) => cutResponse(exchange, atFraction, exchange.hangUp),
  async delay({ exchange }, { holdMs }) {
    await sleep(holdMs)
    await pass(exchange)
  },
  async throttle({ exchange }, fault) {
    const answer = await exchange.forward({ stage: throttle(fault) })
    await exchange.relay(answer, { stage: throttle(fault) })
  },
  async 'slow-start'({ exchange }, { holdMs }) {
    const answer = await exchange.forward({ stage: trickle() })
    await sleep(holdMs)
    await exchange.relay(answer, { stage: trickle() })
  },
  async duplicate({ exchange }) {
    const body = await exchange.readBody()
    // Whether the twin gets through is its own affair.
    const twin = exchange.forward({ body }).then(
      (answer) => answer.discard(),
      () => undefined,
    )
    const answer = await exchange.forward({ body })
    await exchange.relay(answer)
    await twin
  },
  async reorder({ exchange, traffic }, { overtakers, holdMs }) {
    await traffic.passed(overtakers, holdMs)
    await pass(exchange)
  },
  async 'late-delivery'({ exchange }, { holdMs }) {
    const body = await exchange.readBody()
    exchange.reset()
    await sleep(holdMs)
    const answer = await exchange.forward({ body })
    answer.discard()
  },
  async 'lost-response'({ exchange }) {
    const answer = await exchange.forward()
    answer.discard()
    exchange.reset()
  },
  async 'gateway-timeout'({ exchange }) {
    const answer = await exchange.forward()
    answer.discard()
    exchange.answer(504, { 'content-type': 'text/html' }, '<html><h1>504 Gateway Time-out</h1></html>')
  },
  async 'error-in-200'({ exchange }) {
    exchange.answer(200, json, errorBody)
  },
  async garbage({ exchange }, { shape }) {
    if (shape === 'not-http') exchange.babble('\u0015\u0003\u0001 this is not the answer you are looking for\r\n\r\n')
    else if (shape === 'html') exchange.answer(200, { 'content-type': 'text/html' }, '<html>Welcome to nginx!</html>')
    else exchange.answer(200, json, '{"id":"image_half","object":"ima')
  },
  async unavailable({ exchange }, { status, retryAfterSeconds }) {
    exchange.answer(status, { ...json, 'retry-after': String(retryAfterSeconds) }, errorBody)
  },
  async 'black-hole'({ exchange, traffic }, { holdMs }) {
    await traffic.clientLeftOr(exchange, holdMs)
    exchange.reset()
  },
  async 'expired-url'({ exchange }) {
    const error = {
      type: 'forbidden',
      message: 'this URL has expired',
      details: [{ code: 'expired_url', message: '' }],
    }
    exchange.answer(403, json, JSON.stringify({ error }))
  },
  async 'wrong-content-range'({ exchange }) {
    const answer = await exchange.forward()
    const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.headers['content-range'] ?? '') ?? []
    const headers = { 'content-range': `bytes ${Number(start) + 1}-${Number(end) + 1}/${Number(size) + 1}` }
    await exchange.relay(answer, start === undefined ? {} : { headers })
  },
  async 'corrupt-request'({ exchange }, { atFraction }) {
    const stage = corruptAt(Math.floor(exchange.lengthBytes * atFraction))
    await exchange.relay(await exchange.forward({ stage }))
  },
  async 'corrupt-response'({ exchange }, { atFraction }) {
    const answer = await exchange.forward()
    await exchange.relay(answer, { stage: corruptAt(Math.floor(answer.lengthBytes * atFraction)) })
  },
  async 'skewed-clock'({ exchange }, { offsetSeconds }) {
    const answer = await exchange.forward()
    const date = new Date(Date.parse(answer.headers.date ?? '') + offsetSeconds * 1000)
    await exchange.relay(answer, Number.isNaN(date.getTime()) ? {} : { headers: { date: date.toUTCString() } })
  },
}

/** Lets the fault happen to the exchange. Resolves when both sides are through with it. */
export async function applyFault(context: FaultContext, fault: HttpFault): Promise<void> {
  const behave = behaviours[fault.kind] as (context: FaultContext, fault: HttpFault) => Promise<void>
  await behave(context, fault)
}

export async function pass(exchange: Exchange): Promise<void> {
  await exchange.relay(await exchange.forward())
}

async function cutRequest(exchange: Exchange, atFraction: number, cut: 'reset' | 'end'): Promise<void> {
  try {
    const stage = cutAfter(Math.floor(exchange.lengthBytes * atFraction))
    // A refusal that comes before the cut is passed on.
    await exchange.relay(await exchange.forward({ stage, cut }))
  } catch (error) {
    if (!(error instanceof CutError)) throw error
    exchange.reset()
  }
}

async function cutResponse(exchange: Exchange, atFraction: number, end: () => void): Promise<void> {
  const answer = await exchange.forward()
  try {
    const lengthBytes = Buffer.isBuffer(answer.body) ? answer.body.length : answer.lengthBytes
    await exchange.relay(answer, { stage: cutAfter(Math.floor(lengthBytes * atFraction)) })
  } catch (error) {
    if (!(error instanceof CutError)) throw error
  }
  end()
}
