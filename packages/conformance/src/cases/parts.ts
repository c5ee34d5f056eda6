import { setTimeout as sleep } from 'node:timers/promises'
import { contract } from '@slipway/core'
import { alterUrl } from '../alter-url.ts'
import { defineCase } from '../case.ts'
import { expectError, expectSame, expectShape, expectStatus, expectThat } from '../expectations.ts'
import { bytesOf, sha256Of } from '../payload.ts'
import { sentences } from '../sentences.ts'

const illegalPartIds: readonly (readonly [id: string, what: string, value: unknown])[] = [
  ['zero', '0', 0],
  ['negative', '-1', -1],
  ['too-large', '10 001', 10_001],
  ['fraction', '1.5', 1.5],
  ['text', 'the text "1"', '1'],
  ['null', 'null', null],
  ['missing', 'none at all', undefined],
  ['list', 'a list', [1]],
]

const contentTypes: readonly (readonly [id: string, headers: Readonly<Record<string, string>>])[] = [
  ['none', {}],
  ['octet-stream', { 'content-type': 'application/octet-stream' }],
  ['text', { 'content-type': 'text/plain; charset=utf-8' }],
]

export const partCases = [
  defineCase({
    id: 'parts.url-shape',
    title: 'gives out a URL that says when it expires',
    sentence: sentences.partUrl,
    tags: ['parts', 'core'],
    async run({ api, images }) {
      const { id } = await images.create()
      const answer = await api('POST', `/images/${id}/parts`, { body: { part_id: 1 } })
      const { expires_at: expiresAt } = expectShape(answer, 200, contract.createPartUrl.response)
      const serverNow = (Date.parse(answer.headers.get('date') ?? '') || Date.now()) / 1000
      expectThat(
        expiresAt > serverNow - 2 && expiresAt < serverNow + 8 * 86_400,
        `expires_at must be a time to come in Unix seconds, not ${expiresAt}`,
      )
    },
  }),
  ...[1, 2, 9_999, 10_000].map((partId) =>
    defineCase({
      id: `parts.number-${partId}`,
      title: `gives out a URL for part ${partId}`,
      sentence: sentences.partId,
      tags: ['parts', 'limits'],
      async run({ api, images }) {
        const { id } = await images.create()
        const answer = await api('POST', `/images/${id}/parts`, { body: { part_id: partId } })
        expectShape(answer, 200, contract.createPartUrl.response)
      },
    }),
  ),
  ...illegalPartIds.map(([id, what, value]) =>
    defineCase({
      id: `parts.number-${id}`,
      title: `answers 400 that names part_id to a part number that is ${what}`,
      sentence: id === 'too-large' ? sentences.partMaximum : sentences.partId,
      tags: ['parts', 'limits', 'errors'],
      async run({ api, images }) {
        const image = await images.create()
        const answer = await api('POST', `/images/${image.id}/parts`, { body: { part_id: value } })
        expectError(answer, 400, {
          field: 'part_id',
          ...(id === 'too-large' ? { says: /10[ ,._'\u202f]?000/ } : {}),
        })
      },
    }),
  ),
  ...contentTypes.map(([id, headers]) =>
    defineCase({
      id: `parts.put-content-type-${id}`,
      title: `takes a part with ${id === 'none' ? 'no content type' : `the content type ${headers['content-type']}`} and no token`,
      sentence: sentences.put,
      tags: ['parts', 'core'],
      async run({ images, bytes }) {
        const image = await images.create()
        const { url } = await images.partUrl(image.id, 1)
        const answer = await bytes.put(url, bytesOf(1000), headers)
        expectStatus(answer, 200)
        expectThat((answer.headers.get('etag') ?? '') !== '', 'the answer to a part must carry an ETag')
      },
    }),
  ),
  ...(['signature', 'expiry', 'part'] as const).map((what) =>
    defineCase({
      id: `parts.url-altered-${what}`,
      title: `answers 403 to a part URL whose ${what} was altered`,
      sentence: sentences.putSignature,
      tags: ['parts', 'auth', 'core'],
      async run({ images, bytes, skip }) {
        const image = await images.create()
        const altered = alterUrl((await images.partUrl(image.id, 1)).url, what)
        if (altered === undefined) return skip(`the part URLs of this server show no ${what} that could be altered`)
        expectStatus(await bytes.put(altered, bytesOf(10)), 403)
      },
    }),
  ),
  defineCase({
    id: 'parts.url-unsigned',
    title: 'answers 403 to a part URL without its query',
    sentence: sentences.putSignature,
    tags: ['parts', 'auth'],
    async run({ images, bytes, skip }) {
      const image = await images.create()
      const [plain, query] = (await images.partUrl(image.id, 1)).url.split('?')
      if (query === undefined) return skip('the part URLs of this server carry no query')
      expectStatus(await bytes.put(String(plain), bytesOf(10)), 401, 403)
    },
  }),
  defineCase({
    id: 'parts.url-expires',
    title: 'answers 403 to a part URL after its time',
    sentence: sentences.putSignature,
    tags: ['parts', 'auth'],
    async run({ images, bytes, skip, timeoutMs, signal }) {
      const image = await images.create()
      const { url, expires_at: expiresAt } = await images.partUrl(image.id, 1)
      const waitMs = expiresAt * 1000 - Date.now() + 1500
      if (waitMs > timeoutMs / 2) {
        return skip(`URLs live for ${Math.round(waitMs / 1000)} s, longer than a case may wait (--timeout)`)
      }
      await sleep(Math.max(0, waitMs), undefined, { signal })
      expectStatus(await bytes.put(url, bytesOf(10)), 403)
    },
  }),
  defineCase({
    id: 'parts.url-reuse',
    title: 'takes a part again by the same URL, and keeps the later bytes',
    sentence: sentences.put,
    tags: ['parts'],
    async run({ images, bytes }) {
      const image = await images.create()
      const { url } = await images.partUrl(image.id, 1)
      expectStatus(await bytes.put(url, bytesOf(500, 1)), 200)
      expectStatus(await bytes.put(url, bytesOf(700, 2)), 200)
      expectStatus(await images.complete(image.id, sha256Of(bytesOf(700, 2))), 200)
      expectSame(sha256Of(await images.download(image.id)), sha256Of(bytesOf(700, 2)), 'the digest of the bytes')
    },
  }),
  defineCase({
    id: 'parts.overwrite',
    title: 'lets a part be sent again before completion, and keeps the later bytes',
    sentence: sentences.put,
    tags: ['parts', 'core'],
    async run({ images }) {
      const image = await images.create()
      await images.sendPart(image.id, 1, bytesOf(900, 3))
      await images.sendPart(image.id, 1, bytesOf(800, 4))
      expectStatus(await images.complete(image.id, sha256Of(bytesOf(800, 4))), 200)
      expectSame(sha256Of(await images.download(image.id)), sha256Of(bytesOf(800, 4)), 'the digest of the bytes')
    },
  }),
  defineCase({
    id: 'parts.image-apart',
    title: 'keeps the parts of two images apart',
    sentence: sentences.put,
    tags: ['parts'],
    async run({ images }) {
      const [a, b] = [await images.create(), await images.create()]
      await images.sendPart(a.id, 1, bytesOf(300, 5))
      await images.sendPart(b.id, 1, bytesOf(300, 6))
      expectStatus(await images.complete(a.id, sha256Of(bytesOf(300, 5))), 200)
      expectSame(sha256Of(await images.download(a.id)), sha256Of(bytesOf(300, 5)), 'the digest of the bytes')
    },
  }),
  defineCase({
    id: 'parts.closed',
    title: 'refuses bytes by a URL from before completion, and keeps those that it has',
    sentence: sentences.putClosed,
    tags: ['parts', 'life-cycle', 'core'],
    async run({ images, bytes }) {
      const image = await images.create()
      const { url } = await images.partUrl(image.id, 1)
      await bytes.put(url, bytesOf(400, 7))
      await images.complete(image.id, sha256Of(bytesOf(400, 7)))
      expectStatus(await bytes.put(url, bytesOf(400, 8)), 403, 404, 409)
      expectSame(sha256Of(await images.download(image.id)), sha256Of(bytesOf(400, 7)), 'the digest of the bytes')
    },
  }),
  defineCase({
    id: 'parts.unknown-image',
    title: 'gives out no URL for an image that is not there',
    sentence: sentences.partUrl,
    tags: ['parts', 'errors'],
    async run({ api }) {
      expectError(await api('POST', '/images/image_conformance/parts', { body: { part_id: 1 } }), 404)
    },
  }),
]
