import { defineCase } from '../case.ts'
import { expectSame, expectStatus, expectThat } from '../expectations.ts'
import { fullPartSizeBytes, sha256Of } from '../payload.ts'
import type { CaseContext } from '../run/case-context.ts'
import { sentences } from '../sentences.ts'

const size = fullPartSizeBytes + 1000

/** The header and the bytes that it means, from and up to (not including). */
const satisfiable: readonly (readonly [id: string, what: string, range: string, from: number, to: number])[] = [
  ['first-byte', 'the first byte', 'bytes=0-0', 0, 1],
  ['last-byte', 'the last byte', `bytes=${size - 1}-${size - 1}`, size - 1, size],
  ['inside', 'bytes in the middle', 'bytes=1000-2999', 1000, 3000],
  [
    'across-parts',
    'bytes across two parts',
    `bytes=${fullPartSizeBytes - 3}-${fullPartSizeBytes + 2}`,
    fullPartSizeBytes - 3,
    fullPartSizeBytes + 3,
  ],
  [
    'second-part',
    'bytes of the second part',
    `bytes=${fullPartSizeBytes}-${fullPartSizeBytes + 9}`,
    fullPartSizeBytes,
    fullPartSizeBytes + 10,
  ],
  ['open-end', 'all from one byte on', `bytes=${size - 10}-`, size - 10, size],
  ['suffix', 'the last ten bytes', 'bytes=-10', size - 10, size],
  ['suffix-too-long', 'more last bytes than there are', `bytes=-${size + 10}`, 0, size],
  ['past-the-end', 'bytes that end past the end', `bytes=${size - 5}-${size + 100}`, size - 5, size],
  ['everything', 'all bytes as a range', `bytes=0-${size - 1}`, 0, size],
]

/** Storage services sign the method with the URL, and heed fewer conditions than HTTP has. */
async function ownDownloadUrl({ images, shared, baseUrl, skip }: CaseContext): Promise<string> {
  const url = await images.downloadUrl((await shared.large()).id)
  if (new URL(url).origin === new URL(baseUrl).origin) return url
  return skip('bytes are served by a storage of its own, whose URLs are signed for GET alone')
}

export const rangeCases = [
  ...satisfiable.map(([id, what, range, from, to]) =>
    defineCase({
      id: `ranges.${id}`,
      title: `answers 206 with ${what}`,
      sentence: sentences.ranges,
      tags: ['ranges', 'download', ...(id === 'inside' ? (['core'] as const) : [])],
      async run({ images, bytes, shared }) {
        const image = await shared.large()
        const answer = await bytes.get(await images.downloadUrl(image.id), { range })
        expectStatus(answer, 206)
        expectSame(answer.headers.get('content-range'), `bytes ${from}-${to - 1}/${size}`, 'Content-Range')
        expectSame(answer.bytes.length, to - from, 'the number of bytes')
        expectSame(sha256Of(answer.bytes), sha256Of(image.bytes.subarray(from, to)), 'the digest of the bytes')
      },
    }),
  ),
  ...[
    ['at-the-end', `bytes=${size}-`],
    ['far-out', `bytes=${size + 1000}-${size + 2000}`],
  ].map(([id, range]) =>
    defineCase({
      id: `ranges.${id}`,
      title: `answers 416 to ${range} of ${size} bytes`,
      sentence: sentences.ranges,
      tags: ['ranges', 'download'],
      async run({ images, bytes, shared }) {
        const url = await images.downloadUrl((await shared.large()).id)
        expectStatus(await bytes.get(url, { range: String(range) }), 416)
      },
    }),
  ),
  defineCase({
    id: 'ranges.pieces',
    title: 'gives pieces that make up the whole',
    sentence: sentences.ranges,
    tags: ['ranges', 'download'],
    async run({ images, bytes, shared }) {
      const image = await shared.small()
      const url = await images.downloadUrl(image.id)
      const pieces: Uint8Array[] = []
      for (let from = 0; from < image.bytes.length; from += 334) {
        pieces.push((await bytes.get(url, { range: `bytes=${from}-${from + 333}` })).bytes)
      }
      expectSame(sha256Of(...pieces), image.sha256, 'the digest of the pieces put together')
    },
  }),
  defineCase({
    id: 'ranges.etag-strong',
    title: 'gives the bytes a strong ETag, the same for the whole and for a range',
    sentence: sentences.etag,
    tags: ['ranges', 'download', 'core'],
    async run({ images, bytes, shared }) {
      const url = await images.downloadUrl((await shared.small()).id)
      const whole = (await bytes.get(url)).headers.get('etag')
      const piece = (await bytes.get(url, { range: 'bytes=0-0' })).headers.get('etag')
      expectThat(/^"[^"]+"$/.test(whole ?? ''), `the ETag must be strong, as "…", not ${whole}`)
      expectSame(piece, whole, 'the ETag of a range')
    },
  }),
  defineCase({
    id: 'ranges.etag-differs',
    title: 'gives other bytes another ETag',
    sentence: sentences.etag,
    tags: ['ranges', 'download'],
    async run({ images, bytes, shared }) {
      const etags = []
      for (const image of [await shared.small(), await shared.large()]) {
        const url = await images.downloadUrl(image.id)
        etags.push((await bytes.get(url, { range: 'bytes=0-0' })).headers.get('etag'))
      }
      expectThat(etags[0] !== etags[1], `two images of other bytes have the ETag ${etags[0]}`)
    },
  }),
  defineCase({
    id: 'ranges.if-match',
    title: 'answers a range of the very bytes that If-Match names, and 412 for others',
    sentence: sentences.etag,
    tags: ['ranges', 'download'],
    async run({ images, bytes, shared }) {
      const url = await images.downloadUrl((await shared.small()).id)
      const etag = (await bytes.get(url)).headers.get('etag') ?? ''
      expectStatus(await bytes.get(url, { range: 'bytes=0-9', 'if-match': etag }), 206)
      expectStatus(await bytes.get(url, { range: 'bytes=0-9', 'if-match': '"conformance"' }), 412)
    },
  }),
  defineCase({
    id: 'ranges.if-range',
    title: 'answers a range only of the very bytes that If-Range names, and the whole otherwise',
    sentence: sentences.ranges,
    tags: ['ranges', 'download'],
    async run(context) {
      const url = await ownDownloadUrl(context)
      const etag = (await context.bytes.get(url, { range: 'bytes=0-0' })).headers.get('etag') ?? ''
      expectStatus(await context.bytes.get(url, { range: 'bytes=0-9', 'if-range': etag }), 206)
      const other = await context.bytes.get(url, { range: 'bytes=0-9', 'if-range': '"conformance"' })
      expectStatus(other, 200)
      expectSame(other.bytes.length, size, 'the number of bytes')
    },
  }),
  defineCase({
    id: 'ranges.head',
    title: 'tells size and ETag to HEAD, without the bytes',
    sentence: sentences.head,
    tags: ['ranges', 'download', 'core'],
    async run(context) {
      const url = await ownDownloadUrl(context)
      const answer = await context.bytes.head(url)
      expectStatus(answer, 200)
      expectSame(answer.headers.get('content-length'), String(size), 'Content-Length')
      const etag = (await context.bytes.get(url, { range: 'bytes=0-0' })).headers.get('etag')
      expectSame(answer.headers.get('etag'), etag, 'the ETag')
      expectSame(answer.bytes.length, 0, 'the number of bytes')
    },
  }),
]
