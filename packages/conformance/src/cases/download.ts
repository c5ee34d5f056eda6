import { contract } from '@slipway/core'
import { alterUrl } from '../alter-url.ts'
import { defineCase } from '../case.ts'
import { expectError, expectSame, expectShape, expectStatus, expectThat } from '../expectations.ts'
import { sha256Of } from '../payload.ts'
import { sentences } from '../sentences.ts'

export const downloadCases = [
  defineCase({
    id: 'download.shape',
    title: 'answers a download with URL, expiry, digest and size',
    sentence: sentences.download,
    tags: ['download', 'core'],
    async run({ api, shared }) {
      const { id, sha256, bytes } = await shared.small()
      const answer = await api('GET', `/images/${id}/download`)
      const download = expectShape(answer, 200, contract.getImageDownload.response)
      expectSame([download.sha256, download.size], [sha256, bytes.length], 'sha256 and size')
      const serverNow = (Date.parse(answer.headers.get('date') ?? '') || Date.now()) / 1000
      expectThat(
        download.expires_at > serverNow - 2 && download.expires_at < serverNow + 8 * 86_400,
        `expires_at must be a time to come in Unix seconds, not ${download.expires_at}`,
      )
    },
  }),
  defineCase({
    id: 'download.size-of-parts',
    title: 'tells the size of all parts together',
    sentence: sentences.download,
    tags: ['download'],
    async run({ api, shared }) {
      const { id, bytes } = await shared.large()
      expectSame((await api('GET', `/images/${id}/download`)).body?.size, bytes.length, 'size')
    },
  }),
  defineCase({
    id: 'download.bytes',
    title: 'gives back the very bytes of one part, without a token',
    sentence: sentences.getBytes,
    tags: ['download', 'core'],
    async run({ images, bytes, shared }) {
      const { id, sha256 } = await shared.small()
      const answer = await bytes.get(await images.downloadUrl(id))
      expectStatus(answer, 200)
      expectSame(sha256Of(answer.bytes), sha256, 'the digest of the bytes')
    },
  }),
  defineCase({
    id: 'download.bytes-of-parts',
    title: 'gives back the very bytes of several parts as one',
    sentence: sentences.getBytes,
    tags: ['download', 'core'],
    async run({ images, bytes, shared }) {
      const { id, sha256 } = await shared.large()
      const answer = await bytes.get(await images.downloadUrl(id))
      expectStatus(answer, 200)
      expectSame(sha256Of(answer.bytes), sha256, 'the digest of the bytes')
    },
  }),
  defineCase({
    id: 'download.again',
    title: 'takes a download URL any number of times',
    sentence: sentences.getBytes,
    tags: ['download'],
    async run({ images, bytes, shared }) {
      const { id } = await shared.small()
      const url = await images.downloadUrl(id)
      for (let time = 1; time <= 3; time++) expectStatus(await bytes.get(url), 200)
    },
  }),
  ...(['signature', 'expiry'] as const).map((what) =>
    defineCase({
      id: `download.url-altered-${what}`,
      title: `answers 403 to a download URL whose ${what} was altered`,
      sentence: sentences.getBytesSignature,
      tags: ['download', 'auth', 'core'],
      async run({ images, bytes, shared, skip }) {
        const altered = alterUrl(await images.downloadUrl((await shared.small()).id), what)
        if (altered === undefined) return skip(`the download URLs of this server show no ${what} that could be altered`)
        expectStatus(await bytes.get(altered), 403)
      },
    }),
  ),
  defineCase({
    id: 'download.url-of-other-image',
    title: 'answers 403 to a download URL that was altered to name another image',
    sentence: sentences.getBytesSignature,
    tags: ['download', 'auth'],
    async run({ images, bytes, shared, skip }) {
      const [own, other] = [await shared.small(), await shared.large()]
      const url = await images.downloadUrl(own.id)
      if (!url.includes(own.id)) return skip('the download URLs of this server do not show the id of the image')
      expectStatus(await bytes.get(url.replaceAll(own.id, other.id)), 403)
    },
  }),
  defineCase({
    id: 'download.put-by-download-url',
    title: 'takes no bytes by a download URL',
    sentence: sentences.putSignature,
    tags: ['download', 'auth'],
    async run({ images, bytes, shared }) {
      const { id, sha256 } = await shared.small()
      const url = await images.downloadUrl(id)
      const answer = await bytes.put(url, new Uint8Array(1))
      expectThat(answer.status >= 400 && answer.status < 500, `a PUT by a download URL answered ${answer.status}`)
      expectSame(sha256Of((await bytes.get(url)).bytes), sha256, 'the digest of the bytes afterwards')
    },
  }),
  defineCase({
    id: 'download.unknown-image',
    title: 'answers 404 to the download of an image that is not there',
    sentence: sentences.download,
    tags: ['download', 'errors'],
    safety: 'read-only',
    async run({ api }) {
      expectError(await api('GET', '/images/image_conformance/download'), 404)
    },
  }),
]
