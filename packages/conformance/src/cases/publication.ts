import { contract } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectError, expectSame, expectShape, expectStatus, expectThat } from '../expectations.ts'
import type { CaseContext } from '../run/case-context.ts'
import type { CompletedImage } from '../run/images.ts'
import { sentences } from '../sentences.ts'

const publicWorkspace = 'sfc:workspace:sfcompute:public'
const adminOnly = { tags: ['admin', 'life-cycle'], safety: 'destructive', needs: ['admin'] } as const

async function publish({ api, images }: CaseContext): Promise<CompletedImage> {
  const image = await images.completed()
  expectStatus(await api('POST', `/admin/images/${image.id}/publish`), 200)
  return image
}

export const publicationCases = [
  defineCase({
    id: 'publish.list',
    title: 'lists public images only under the public workspace',
    sentence: sentences.publicList,
    tags: ['listing'],
    safety: 'read-only',
    async run({ api }) {
      const answer = await api('GET', `/images?limit=200&workspace=${publicWorkspace}`)
      const { data } = expectShape(answer, 200, contract.listImages.response)
      const hidden = data.filter((image: { is_public: boolean }) => !image.is_public)
      expectSame(hidden.length, 0, 'the number of images that are not public')
    },
  }),
  defineCase({
    id: 'publish.private',
    title: 'does not list an image under the public workspace that nobody published',
    sentence: sentences.publicList,
    tags: ['listing'],
    async run({ api, images }) {
      const { id } = await images.completed()
      const answer = await api('GET', `/images?limit=200&workspace=${publicWorkspace}&id=${id}`)
      expectSame(
        expectShape(answer, 200, contract.listImages.response).data,
        [],
        'what the public workspace lists of it',
      )
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'publish.completed',
    title: 'makes a completed image public, which the public workspace then lists',
    sentence: sentences.publish,
    async run(context) {
      const { api, images } = context
      const { id } = await images.completed()
      const answer = expectShape(await api('POST', `/admin/images/${id}/publish`), 200, contract.publishImage.response)
      expectSame([answer.id, answer.is_public], [id, true], 'id and is_public')
      expectSame((await api('GET', `/images/${id}`)).body?.is_public, true, 'is_public afterwards')
      const { body } = await api('GET', `/images?limit=200&workspace=${publicWorkspace}&id=${id}`)
      expectSame(
        body?.data?.map((image: { id: string }) => image.id),
        [id],
        'the ids that the public workspace lists',
      )
    },
  }),
  ...(['started', 'uploading', 'revoked'] as const).map((state) =>
    defineCase({
      ...adminOnly,
      id: `publish.${state}`,
      title: `answers 409 to publishing an image that is ${state}`,
      sentence: sentences.publish,
      async run({ api, images }) {
        const make = { started: images.create, uploading: images.uploading, revoked: images.revoked }[state]
        expectError(await api('POST', `/admin/images/${(await make()).id}/publish`), 409)
      },
    }),
  ),
  ...(['publish', 'set-default'] as const).map((action) =>
    defineCase({
      ...adminOnly,
      id: `${action}.unknown`,
      title: `answers 404 to ${action} of an image that is not there`,
      sentence: action === 'publish' ? sentences.publish : sentences.setDefault,
      async run({ api }) {
        expectError(await api('POST', `/admin/images/image_conformance/${action}`), 404)
      },
    }),
  ),
  defineCase({
    ...adminOnly,
    id: 'publish.no-revoke',
    title: 'answers 403 to revoking a public image',
    sentence: sentences.revokePublic,
    async run(context) {
      const { id } = await publish(context)
      expectError(await context.api('POST', `/images/${id}/revoke`), 403)
      expectSame(
        (await context.api('GET', `/images/${id}`)).body?.upload_status,
        'completed',
        'upload_status afterwards',
      )
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'publish.delete',
    title: 'deletes a public image that is not the default, and lists it no more',
    sentence: sentences.delete,
    async run(context) {
      const { id } = await publish(context)
      expectStatus(await context.api('DELETE', `/images/${id}`), 200)
      const { body } = await context.api('GET', `/images?limit=200&workspace=${publicWorkspace}&id=${id}`)
      expectSame(body?.data, [], 'what the public workspace lists of it')
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'publish.other-account',
    title: 'lets other accounts read a public image, but change nothing of it',
    sentence: sentences.publicList,
    tags: ['admin', 'access'],
    needs: ['admin', 'second-token'],
    async run(context) {
      const { id, bytes } = await publish(context)
      const { second } = context
      expectSame((await second('GET', `/images/${id}`)).body?.id, id, 'the id')
      const { url } = expectShape(
        await second('GET', `/images/${id}/download`),
        200,
        contract.getImageDownload.response,
      )
      expectSame(
        Buffer.from((await context.bytes.get(url)).bytes).equals(bytes),
        true,
        'whether the bytes are the same',
      )
      expectError(await second('DELETE', `/images/${id}`), [403, 404])
      expectError(await second('POST', `/images/${id}/revoke`), [403, 404])
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'set-default.not-public',
    title: 'answers 409 to making an image the default that is not public',
    sentence: sentences.setDefault,
    async run({ api, images }) {
      const { id } = await images.completed()
      expectError(await api('POST', `/admin/images/${id}/set-default`), 409)
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'set-default.no-delete',
    title: 'answers 403 to deleting the default image',
    sentence: sentences.deleteDefault,
    isAlone: true,
    async run(context) {
      const { id } = await publish(context)
      const answer = await context.api('POST', `/admin/images/${id}/set-default`)
      expectSame(expectShape(answer, 200, contract.setDefaultImage.response).id, id, 'the id')
      expectError(await context.api('DELETE', `/images/${id}`), 403)
      expectSame((await context.api('GET', `/images/${id}`)).status, 200, 'the status of the image afterwards')
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'set-default.swap',
    title: 'has one default image: the previous one can be deleted once another one is it',
    sentence: sentences.setDefault,
    isAlone: true,
    async run(context) {
      const { api } = context
      const [a, b] = [await publish(context), await publish(context)]
      expectStatus(await api('POST', `/admin/images/${a.id}/set-default`), 200)
      expectStatus(await api('POST', `/admin/images/${b.id}/set-default`), 200)
      expectStatus(await api('DELETE', `/images/${a.id}`), 200)
      expectError(await api('DELETE', `/images/${b.id}`), 403)
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'set-default.race',
    title: 'has one default image also when several are made it at once',
    sentence: sentences.setDefault,
    tags: ['admin', 'races'],
    isAlone: true,
    async run(context) {
      const { api } = context
      const all = [await publish(context), await publish(context), await publish(context)]
      const answers = await Promise.all(all.map(async ({ id }) => await api('POST', `/admin/images/${id}/set-default`)))
      expectThat(
        answers.some(({ status }) => status === 200),
        `none of three could be made the default: ${answers.map(({ status }) => status).join(', ')}`,
      )
      const statuses = await Promise.all(all.map(async ({ id }) => (await api('DELETE', `/images/${id}`)).status))
      expectSame(statuses.sort(), [200, 200, 403], 'the statuses of deleting the three')
    },
  }),
]
