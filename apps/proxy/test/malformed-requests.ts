import { apiPrefixes, contract, type OperationDefinition } from '@slipway/core'

export interface MalformedRequestOptions {
  readonly random: () => number
  readonly token: string
  readonly imageId: string
  /** Paths with query of valid presigned URLs, to be damaged. */
  readonly bytePaths: readonly string[]
}

const oddTexts = [
  '',
  '%',
  '%00',
  '%0A',
  '..',
  '%2e%2e%2f',
  '%ff%fe',
  'sfc:image:a:b:c:d',
  'image_',
  'vmi_%20',
  '💾',
  '-',
  'a'.repeat(300),
  '0',
  '-1',
  '1e9',
  '99999999999999999999',
  'true',
  'null',
  '[object Object]',
  "'; drop table images; --",
  '\u202e',
  'sk_live_x',
]
const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  10_001,
  '',
  ' ',
  'x'.repeat(70_000),
  [],
  [[]],
  {},
  { $gt: '' },
  '\u0000',
  '%',
  '\ud800',
]
const oddHeaders = [
  'Authorization: Bearer',
  'Authorization: Basic eDp5',
  'Content-Type: text/plain',
  'Content-Type: application/json; charset=utf-16',
  'Range: bytes=5-1',
  'Range: bytes=-',
  'Range: bytes=0-0,1-1',
  'Range: lines=1',
  'If-Match: "',
  'If-None-Match: *',
  'Expect: 200-ok',
  'Idempotency-Key: a b',
  'X-Request-Id: a\tb',
  'Content-Length: 1',
  'Content-Length: -1',
  'Content-Length: 1\r\nContent-Length: 2',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip',
  'Host: ',
  'Host: a/b',
  'Host: [',
  'Upgrade: websocket\r\nConnection: upgrade',
  `X-Long: ${'y'.repeat(20_000)}`,
  'Bad Header: x',
  ': x',
  'Origin: null',
  'Accept-Encoding: br',
]
const oddAuthorities = ['a', '', 'a:b:c', 'a:99999', '[', '[::1', '%', 'user@a', 'a:0', '💾', `${'a'.repeat(300)}`]
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'get', 'G\u0000T']

/** Requests made from the contract, each damaged in one to three places. The same random numbers make the same requests. */
export function createMalformedRequests({ random, token, imageId, bytePaths }: MalformedRequestOptions): () => string {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const chance = (share: number) => random() < share
  const operations = Object.values<OperationDefinition>(contract)

  const apiTarget = (operation: OperationDefinition) => {
    const prefix = operation.isPrefixed ? pick([...apiPrefixes, '/v3', '']) : ''
    const place = () => (chance(0.5) ? imageId : pick(oddTexts))
    const path = prefix + operation.path.replace(/\{\w+\}/g, () => place())
    const names = [...Object.keys(operation.query.shape), 'unknown', '__proto__', 'constructor']
    const query = Array.from({ length: Math.floor(random() * 3) }, () => `${pick(names)}=${pick(oddTexts)}`)
    return (
      path +
      (chance(0.2) ? pick(['/', '//', '/..', ';x', '%2F']) : '') +
      (query.length > 0 ? `?${query.join('&')}` : '')
    )
  }
  const bodyOf = ({ body }: OperationDefinition) => {
    if (chance(0.2))
      return pick([
        '{',
        '[',
        '"',
        'null',
        '\u0000',
        '{"a":}',
        '[[[[[[[['.repeat(500),
        'é'.repeat(10),
        '{}{}',
        '\ufeff{}',
      ])
    const names = [...Object.keys(body?.shape ?? {}), 'unknown', '__proto__']
    return JSON.stringify(Object.fromEntries(names.filter(() => chance(0.6)).map((name) => [name, pick(oddValues)])))
  }
  const damage = (text: string) => {
    const at = Math.floor(random() * text.length)
    const kind = random()
    if (kind < 0.3) return text.slice(0, at) + pick(['%', 'A', '0', '&', '=', '_', '/', '%00']) + text.slice(at + 1)
    if (kind < 0.6) return text.slice(0, at)
    return `${text}&${pick(['expires', 'signature', 'kid', 'length'])}=${pick(oddTexts)}`
  }

  return () => {
    const operation = pick(operations)
    const isBytes = chance(0.3) && bytePaths.length > 0
    const authority = chance(0.05) ? `http://${pick(oddAuthorities)}` : ''
    const target = authority + (isBytes ? damage(pick(bytePaths)) : apiTarget(operation))
    const method = chance(0.25) ? pick(methods) : isBytes ? pick(['GET', 'PUT', 'HEAD']) : operation.method
    const body = isBytes ? pick(['', 'bytes']) : operation.body || chance(0.1) ? bodyOf(operation) : ''
    const headers = ['Host: fuzz', 'Connection: close']
    if (!chance(0.1)) headers.push(`Authorization: Bearer ${token}`)
    if (!chance(0.2)) headers.push('Content-Type: application/json')
    for (let count = Math.floor(random() * 3); count > 0; count--) headers.push(pick(oddHeaders))
    if (!chance(0.05)) headers.push(`Content-Length: ${Buffer.byteLength(body)}`)
    const version = chance(0.02) ? pick(['HTTP/1.0', 'HTTP/9.9', 'HTTQ/1.1', '']) : 'HTTP/1.1'
    return `${method} ${target.replaceAll(' ', '%20')} ${version}\r\n${headers.join('\r\n')}\r\n\r\n${body}`
  }
}
