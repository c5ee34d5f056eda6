import { contract } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectError, expectSame, expectShape, expectStatus, expectThat } from '../expectations.ts'
import { bytesOf, fullPartSizeBytes, otherSha256, sha256Of } from '../payload.ts'
import { sentences } from '../sentences.ts'

const digest = 'a'.repeat(64)
/** Made of the right digest, so that a server that mends the form would complete. */
const illegalDigests: readonly (readonly [id: string, what: string, of: (right: string) => unknown])[] = [
  ['upper-case', 'in upper case', (right) => right.toUpperCase()],
  ['mixed-case', 'with one letter in upper case', (right) => right.replace(/[a-f]/, (letter) => letter.toUpperCase())],
  ['short', 'of 63 digits', (right) => right.slice(1)],
  ['long', 'of 65 digits', (right) => `${right}a`],
  ['newline', 'with a newline behind', (right) => `${right}\n`],
  ['prefixed', 'with its algorithm in front', (right) => `sha256:${right}`],
  ['no-hex', 'with a letter that is no hexadecimal digit', (right) => `g${right.slice(1)}`],
  ['missing', 'not there', () => undefined],
  ['null', 'null', () => null],
  ['number', 'a number', () => 5],
]

const limitNamed = /5242880|5 ?Mi?B/i

export const completionCases = [
  ...illegalDigests.map(([id, what, of]) =>
    defineCase({
      id: `complete.digest-${id}`,
      title: `answers 400 that names sha256 to a digest that is ${what}`,
      sentence: sentences.digestForm,
      tags: ['completion', 'errors', 'core'],
      async run({ api, images }) {
        const image = await images.uploading()
        const sha256 = of(image.sha256)
        expectError(await api('POST', `/images/${image.id}/complete`, { body: { sha256 } }), 400, { field: 'sha256' })
      },
    }),
  ),
  defineCase({
    id: 'complete.status',
    title: 'makes an image completed, with the declared digest',
    sentence: sentences.complete,
    tags: ['completion', 'core'],
    async run({ api, images }) {
      const { id, sha256 } = await images.uploading()
      const answer = expectShape(await images.complete(id, sha256), 200, contract.completeImage.response)
      expectSame([answer.upload_status, answer.sha256], ['completed', sha256], 'upload_status and sha256')
      const { body } = await api('GET', `/images/${id}`)
      expectSame([body?.upload_status, body?.sha256], ['completed', sha256], 'upload_status and sha256 afterwards')
    },
  }),
  defineCase({
    id: 'complete.again-same',
    title: 'answers 200 to a completion that is repeated with the same digest',
    sentence: sentences.completeAgain,
    tags: ['completion', 'core'],
    async run({ images }) {
      const { id, sha256 } = await images.completed()
      const again = expectShape(await images.complete(id, sha256), 200, contract.completeImage.response)
      expectSame([again.upload_status, again.sha256], ['completed', sha256], 'upload_status and sha256')
    },
  }),
  defineCase({
    id: 'complete.again-other',
    title: 'answers 409 to a completion that is repeated with another digest, and keeps the first',
    sentence: sentences.completeOther,
    tags: ['completion', 'core', 'errors'],
    async run({ api, images }) {
      const { id, sha256 } = await images.completed()
      expectError(await images.complete(id, otherSha256), 409)
      expectSame((await api('GET', `/images/${id}`)).body?.sha256, sha256, 'sha256 afterwards')
    },
  }),
  defineCase({
    id: 'complete.no-parts',
    title: 'does not complete what has no parts',
    sentence: sentences.contiguous,
    tags: ['completion', 'errors'],
    async run({ api, images }) {
      const { id } = await images.create()
      expectError(await images.complete(id, digest), [400, 409])
      expectSame((await api('GET', `/images/${id}`)).body?.upload_status, 'started', 'upload_status afterwards')
    },
  }),
  defineCase({
    id: 'complete.without-part-1',
    title: 'answers 400 that names part 1 when it is missing',
    sentence: sentences.contiguous,
    tags: ['completion', 'limits', 'errors'],
    async run({ images }) {
      const { id } = await images.create()
      await images.sendPart(id, 2, bytesOf(1000))
      expectError(await images.complete(id, sha256Of(bytesOf(1000))), 400, { says: /\b1\b/ })
    },
  }),
  defineCase({
    id: 'complete.gap',
    title: 'answers 400 that names the missing part, loses nothing, and completes once it is there',
    sentence: sentences.losesNothing,
    tags: ['completion', 'limits', 'errors', 'core'],
    async run({ images }) {
      const parts = [bytesOf(fullPartSizeBytes, 1), bytesOf(fullPartSizeBytes, 2), bytesOf(1000, 3)] as const
      const { id } = await images.create()
      await images.sendPart(id, 3, parts[2])
      await images.sendPart(id, 1, parts[0])
      expectError(await images.complete(id, sha256Of(parts[0], parts[2])), 400, { says: /\b2\b/ })
      await images.sendPart(id, 2, parts[1])
      expectStatus(await images.complete(id, sha256Of(...parts)), 200)
      expectSame(sha256Of(await images.download(id)), sha256Of(...parts), 'the digest of the bytes')
    },
  }),
  defineCase({
    id: 'complete.part-too-small',
    title: 'answers 400 that names the part and the limit when a part but the last is under 5 MiB',
    sentence: sentences.partMinimum,
    tags: ['completion', 'limits', 'errors', 'core'],
    async run({ images }) {
      const { id } = await images.create()
      await images.sendPart(id, 1, bytesOf(1000, 1))
      await images.sendPart(id, 2, bytesOf(1000, 2))
      const answer = await images.complete(id, sha256Of(bytesOf(1000, 1), bytesOf(1000, 2)))
      expectError(answer, 400, { says: /\b1\b/ })
      expectError(answer, 400, { says: limitNamed })
    },
  }),
  defineCase({
    id: 'complete.part-just-too-small',
    title: 'answers 400 to a first part of one byte under 5 MiB, and completes once it is that byte longer',
    sentence: sentences.partMinimum,
    tags: ['completion', 'limits'],
    async run({ images }) {
      const { id } = await images.create()
      await images.sendPart(id, 1, bytesOf(fullPartSizeBytes - 1, 1))
      await images.sendPart(id, 2, bytesOf(1, 2))
      expectError(await images.complete(id, sha256Of(bytesOf(fullPartSizeBytes - 1, 1), bytesOf(1, 2))), 400)
      await images.sendPart(id, 1, bytesOf(fullPartSizeBytes, 1))
      const sha256 = sha256Of(bytesOf(fullPartSizeBytes, 1), bytesOf(1, 2))
      expectStatus(await images.complete(id, sha256), 200)
    },
  }),
  defineCase({
    id: 'complete.part-order',
    title: 'puts parts together by their numbers, in whatever order they came',
    sentence: sentences.contiguous,
    tags: ['completion', 'core'],
    async run({ images }) {
      const { id } = await images.create()
      const parts = [bytesOf(fullPartSizeBytes, 4), bytesOf(10, 5)] as const
      await images.sendPart(id, 2, parts[1])
      await images.sendPart(id, 1, parts[0])
      expectStatus(await images.complete(id, sha256Of(...parts)), 200)
      expectSame(sha256Of(await images.download(id)), sha256Of(...parts), 'the digest of the bytes')
    },
  }),
  defineCase({
    id: 'complete.one-byte',
    title: 'takes an image of one byte',
    sentence: sentences.partMinimum,
    tags: ['completion', 'limits'],
    async run({ images }) {
      const { id, sha256 } = await images.uploading(bytesOf(1, 3))
      expectStatus(await images.complete(id, sha256), 200)
      expectSame((await images.download(id)).length, 1, 'the number of bytes')
    },
  }),
  defineCase({
    id: 'complete.unknown-image',
    title: 'answers 404 to the completion of an image that is not there',
    sentence: sentences.complete,
    tags: ['completion', 'errors'],
    async run({ images }) {
      expectError(await images.complete('image_conformance', digest), 404)
    },
  }),
  defineCase({
    id: 'complete.verifies',
    title: 'answers 400 that names sha256 to a digest of other bytes, and loses nothing',
    sentence: sentences.verifies,
    tags: ['completion', 'additions'],
    needs: ['capability:verifies_sha256'],
    async run({ api, images }) {
      const { id, sha256 } = await images.uploading()
      expectError(await images.complete(id, otherSha256), 400, { field: 'sha256' })
      const { body } = await api('GET', `/images/${id}`)
      expectThat(body?.upload_status !== 'completed', 'the image must not be completed with a digest of other bytes')
      expectStatus(await images.complete(id, sha256), 200)
      expectSame(sha256Of(await images.download(id)), sha256, 'the digest of the bytes')
    },
  }),
  defineCase({
    id: 'complete.sha256-verified',
    title: 'says that it has verified the digest',
    sentence: sentences.verified,
    tags: ['completion', 'additions'],
    needs: ['capability:verifies_sha256'],
    async run({ api, images }) {
      const { id, sha256 } = await images.uploading()
      const before = (await api('GET', `/images/${id}`)).body?.sha256_verified
      expectThat(before !== true, 'sha256_verified must not be true before the image is completed')
      expectSame((await images.complete(id, sha256)).body?.sha256_verified, true, 'sha256_verified')
    },
  }),
]
