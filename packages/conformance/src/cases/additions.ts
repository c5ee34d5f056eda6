import { contract, limits } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectError, expectSame, expectShape, expectStatus, expectThat } from '../expectations.ts'
import { bytesOf, sha256Of } from '../payload.ts'
import { sentences } from '../sentences.ts'

export const additionCases = [
  defineCase({
    id: 'capabilities.shape',
    title: 'announces its additions and limits in the documented form',
    sentence: sentences.capabilities,
    tags: ['additions'],
    safety: 'read-only',
    needs: ['capabilities'],
    async run({ api }) {
      expectShape(await api('GET', '/capabilities'), 200, contract.getCapabilities.response)
    },
  }),
  defineCase({
    id: 'capabilities.limits',
    title: 'announces the limits of the contract',
    sentence: sentences.capabilities,
    tags: ['additions', 'limits'],
    safety: 'read-only',
    needs: ['capabilities'],
    async run({ api }) {
      const announced = (await api('GET', '/capabilities')).body?.limits
      expectSame(
        [announced?.max_image_size, announced?.min_part_size, announced?.max_part_size, announced?.max_parts],
        [limits.maxImageSizeBytes, limits.minPartSizeBytes, limits.maxPartSizeBytes, limits.maxPartCount],
        'max_image_size, min_part_size, max_part_size and max_parts',
      )
    },
  }),
  defineCase({
    id: 'list-parts.shape',
    title: 'lists the parts that it holds in order, with size and the ETag that the PUT answered',
    sentence: sentences.listParts,
    tags: ['additions', 'parts'],
    needs: ['capability:list_parts'],
    async run({ api, images }) {
      const { id } = await images.create()
      const etags = new Map<number, string | null>()
      for (const partNumber of [3, 1]) {
        const answer = await images.sendPart(id, partNumber, bytesOf(100 * partNumber, partNumber))
        etags.set(partNumber, answer.headers.get('etag'))
      }
      const list = expectShape(await api('GET', `/images/${id}/parts`), 200, contract.listParts.response)
      expectSame(
        list.data.map((part: Part) => [part.part_id, part.size, part.etag]),
        [
          [1, 100, etags.get(1)],
          [3, 300, etags.get(3)],
        ],
        'part_id, size and etag of the parts',
      )
      expectSame(list.has_more, false, 'has_more')
    },
  }),
  defineCase({
    id: 'list-parts.empty',
    title: 'lists no parts before one was sent',
    sentence: sentences.listParts,
    tags: ['additions', 'parts'],
    needs: ['capability:list_parts'],
    async run({ api, images }) {
      const { id } = await images.create()
      await images.partUrl(id, 1)
      const list = expectShape(await api('GET', `/images/${id}/parts`), 200, contract.listParts.response)
      expectSame([list.data, list.has_more], [[], false], 'data and has_more')
    },
  }),
  defineCase({
    id: 'list-parts.overwritten',
    title: 'lists a part that was sent again once, with its later size',
    sentence: sentences.listParts,
    tags: ['additions', 'parts'],
    needs: ['capability:list_parts'],
    async run({ api, images }) {
      const { id } = await images.create()
      for (const size of [100, 200]) await images.sendPart(id, 1, bytesOf(size, size))
      const { data } = (await api('GET', `/images/${id}/parts`)).body ?? {}
      expectSame(
        data?.map((part: Part) => [part.part_id, part.size]),
        [[1, 200]],
        'part_id and size',
      )
    },
  }),
  defineCase({
    id: 'list-parts.pages',
    title: 'pages through the parts, each one once',
    sentence: sentences.listParts,
    tags: ['additions', 'listing'],
    needs: ['capability:list_parts'],
    async run({ api, images }) {
      const { id } = await images.create()
      for (const partNumber of [1, 2, 5]) await images.sendPart(id, partNumber, bytesOf(10, partNumber))
      const first = (await api('GET', `/images/${id}/parts?limit=2`)).body
      const next = `limit=2&starting_after=${encodeURIComponent(String(first?.cursor))}`
      const second = (await api('GET', `/images/${id}/parts?${next}`)).body
      const numbers = [first, second].map((page) => page?.data?.map((part: Part) => part.part_id))
      expectSame(numbers, [[1, 2], [5]], 'the part numbers of two pages')
      expectSame([first?.has_more, second?.has_more], [true, false], 'has_more of both')
    },
  }),
  defineCase({
    id: 'list-parts.unknown-image',
    title: 'answers 404 to the parts of an image that is not there',
    sentence: sentences.listParts,
    tags: ['additions', 'errors'],
    safety: 'read-only',
    needs: ['capability:list_parts'],
    async run({ api }) {
      expectError(await api('GET', '/images/image_conformance/parts'), 404)
    },
  }),
  defineCase({
    id: 'list-parts.sha256',
    title: 'never tells a wrong digest of a part',
    sentence: sentences.listParts,
    tags: ['additions', 'parts'],
    needs: ['capability:list_parts', 'capability:part_sha256'],
    async run({ api, images }) {
      const { id } = await images.create()
      await images.sendPart(id, 1, bytesOf(1234, 1))
      const { data } = (await api('GET', `/images/${id}/parts`)).body ?? {}
      // It may be absent while the server still computes it.
      const { sha256 = sha256Of(bytesOf(1234, 1)) } = data?.[0] ?? {}
      expectSame(sha256, sha256Of(bytesOf(1234, 1)), 'sha256 of the part')
    },
  }),
  defineCase({
    id: 'content-length.bound',
    title: 'takes exactly as many bytes as a part URL was asked for',
    sentence: sentences.contentLength,
    tags: ['additions', 'parts', 'limits'],
    needs: ['capability:part_content_length'],
    async run({ api, images, bytes }) {
      const { id } = await images.create()
      const ask = async () => await api('POST', `/images/${id}/parts`, { body: { part_id: 1, content_length: 100 } })
      const { url } = expectShape(await ask(), 200, contract.createPartUrl.response)
      const longer = await bytes.put(url, bytesOf(101))
      expectThat(
        longer.status >= 400 && longer.status < 500,
        `101 bytes by a URL for 100 were answered ${longer.status}`,
      )
      const shorter = await bytes.put(url, bytesOf(99))
      expectThat(
        shorter.status >= 400 && shorter.status < 500,
        `99 bytes by a URL for 100 were answered ${shorter.status}`,
      )
      expectStatus(await bytes.put(url, bytesOf(100)), 200)
    },
  }),
  defineCase({
    id: 'content-length.too-large',
    title: 'answers 400 that names the field to a URL for a part over 5 GiB',
    sentence: sentences.partMaximum,
    tags: ['additions', 'parts', 'limits', 'errors'],
    needs: ['capability:part_content_length'],
    async run({ api, images }) {
      const { id } = await images.create()
      const body = { part_id: 1, content_length: limits.maxPartSizeBytes + 1 }
      expectError(await api('POST', `/images/${id}/parts`, { body }), 400, { field: 'content_length' })
    },
  }),
  defineCase({
    id: 'idempotency.same',
    title: 'creates one image for a creation that is repeated under one key',
    sentence: sentences.idempotency,
    tags: ['additions'],
    needs: ['capability:idempotency_key'],
    async run({ api, server, uniqueName }) {
      const headers = { 'idempotency-key': uniqueName() }
      const body = { workspace: server.workspaceRef, name: uniqueName() }
      const first = expectShape(await api('POST', '/images', { body, headers }), 201, contract.createImage.response)
      const again = expectShape(await api('POST', '/images', { body, headers }), 201, contract.createImage.response)
      expectSame(again.id, first.id, 'the id of the repetition')
    },
  }),
  defineCase({
    id: 'idempotency.other',
    title: 'answers 409 to another creation under the same key',
    sentence: sentences.idempotency,
    tags: ['additions', 'errors'],
    needs: ['capability:idempotency_key'],
    async run({ api, server, uniqueName }) {
      const headers = { 'idempotency-key': uniqueName() }
      const create = async () =>
        await api('POST', '/images', { body: { workspace: server.workspaceRef, name: uniqueName() }, headers })
      expectStatus(await create(), 201)
      expectError(await create(), 409)
    },
  }),
]

interface Part {
  readonly part_id: number
  readonly size: number
  readonly etag: string
}
