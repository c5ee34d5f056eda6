import { defineCase } from '../case.ts'
import { expectError, expectSame, expectStatus } from '../expectations.ts'
import type { Answer } from '../http/answer.ts'
import { bytesOf, otherSha256 } from '../payload.ts'
import type { CaseContext } from '../run/case-context.ts'
import { sentences } from '../sentences.ts'

type Make = (context: CaseContext) => Promise<{ readonly id: string }>
type Act = (context: CaseContext, id: string) => Promise<Answer>

const states: Readonly<Record<string, Make>> = {
  started: async ({ images }) => await images.create(),
  uploading: async ({ images }) => await images.uploading(),
  completed: async ({ images }) => await images.completed(),
  revoked: async ({ images }) => await images.revoked(),
  deleted: async ({ images }) => await images.deleted(),
}

const actions: Readonly<Record<string, Act>> = {
  get: async ({ api }, id) => await api('GET', `/images/${id}`),
  part: async ({ api }, id) => await api('POST', `/images/${id}/parts`, { body: { part_id: 2 } }),
  complete: async ({ images }, id) => await images.complete(id, otherSha256),
  download: async ({ api }, id) => await api('GET', `/images/${id}/download`),
  revoke: async ({ api }, id) => await api('POST', `/images/${id}/revoke`),
  reinstate: async ({ api }, id) => await api('POST', `/images/${id}/reinstate`),
  delete: async ({ api }, id) => await api('DELETE', `/images/${id}`),
}

/** What each state refuses, and with which status. */
const refusals: readonly (readonly [state: string, action: string, status: number, sentence: string])[] = [
  ['started', 'download', 409, sentences.downloadState],
  ['started', 'revoke', 409, sentences.revoke],
  ['started', 'reinstate', 409, sentences.reinstate],
  ['uploading', 'download', 409, sentences.downloadState],
  ['uploading', 'revoke', 409, sentences.revoke],
  ['uploading', 'reinstate', 409, sentences.reinstate],
  ['completed', 'part', 409, sentences.partNotUploadable],
  ['completed', 'reinstate', 409, sentences.reinstate],
  ['revoked', 'part', 409, sentences.partNotUploadable],
  ['revoked', 'complete', 409, sentences.completeOther],
  ['revoked', 'download', 409, sentences.downloadState],
  ...Object.keys(actions).map((action) => ['deleted', action, 404, sentences.delete] as const),
]

export const lifeCycleCases = [
  ...refusals.map(([state, action, status, sentence]) =>
    defineCase({
      id: `life.${state}.${action}`,
      title: `answers ${status} to ${action} when an image is ${state}`,
      sentence,
      tags: ['life-cycle', 'errors'],
      async run(context) {
        const { id } = await (states[state] as Make)(context)
        expectError(await (actions[action] as Act)(context, id), status)
      },
    }),
  ),
  defineCase({
    id: 'life.refusal-changes-nothing',
    title: 'leaves an image as it was when it refuses a change',
    sentence: sentences.states,
    tags: ['life-cycle'],
    async run({ api, images }) {
      const { id } = await images.uploading()
      const before = (await api('GET', `/images/${id}`)).body
      await api('POST', `/images/${id}/revoke`)
      await api('POST', `/images/${id}/reinstate`)
      await images.complete(id, 'none')
      expectSame((await api('GET', `/images/${id}`)).body, before, 'the image afterwards')
    },
  }),
  defineCase({
    id: 'life.started-to-uploading',
    title: 'begins as started and is uploading once it has a part',
    sentence: sentences.states,
    tags: ['life-cycle', 'core'],
    async run({ api, images }) {
      const { id } = await images.create()
      expectSame((await api('GET', `/images/${id}`)).body?.upload_status, 'started', 'upload_status')
      await images.sendPart(id, 1, bytesOf(10))
      expectSame((await api('GET', `/images/${id}`)).body?.upload_status, 'uploading', 'upload_status after a part')
    },
  }),
  defineCase({
    id: 'life.revoke',
    title: 'makes a completed image revoked, which then cannot be downloaded',
    sentence: sentences.revoke,
    tags: ['life-cycle', 'core'],
    async run({ api, images }) {
      const { id } = await images.completed()
      const answer = await api('POST', `/images/${id}/revoke`)
      expectStatus(answer, 200)
      expectSame([answer.body?.id, answer.body?.upload_status], [id, 'revoked'], 'id and upload_status')
      expectSame((await api('GET', `/images/${id}`)).body?.upload_status, 'revoked', 'upload_status afterwards')
      expectError(await api('GET', `/images/${id}/download`), 409)
    },
  }),
  defineCase({
    id: 'life.reinstate',
    title: 'makes a revoked image completed again, with the same digest and bytes',
    sentence: sentences.reinstate,
    tags: ['life-cycle', 'core'],
    async run({ api, images }) {
      const { id, sha256, bytes } = await images.revoked()
      const answer = await api('POST', `/images/${id}/reinstate`)
      expectStatus(answer, 200)
      expectSame([answer.body?.upload_status, answer.body?.sha256], ['completed', sha256], 'upload_status and sha256')
      expectSame(Buffer.from(await images.download(id)).equals(bytes), true, 'whether the bytes are the same')
    },
  }),
  defineCase({
    id: 'life.revoke-twice',
    title: 'can be revoked and reinstated again and again',
    sentence: sentences.states,
    tags: ['life-cycle'],
    async run({ api, images }) {
      const { id } = await images.completed()
      for (const [action, status] of [
        ['revoke', 'revoked'],
        ['reinstate', 'completed'],
        ['revoke', 'revoked'],
        ['reinstate', 'completed'],
      ]) {
        const answer = await api('POST', `/images/${id}/${action}`)
        expectSame([answer.status, answer.body?.upload_status], [200, status], `status and upload_status of ${action}`)
      }
    },
  }),
  ...['started', 'uploading', 'completed', 'revoked'].map((state) =>
    defineCase({
      id: `life.delete.${state}`,
      title: `deletes an image that is ${state}: it is not found any more, nor listed`,
      sentence: sentences.delete,
      tags: ['life-cycle', ...(state === 'completed' ? (['core'] as const) : [])],
      async run(context) {
        const { api } = context
        const { id } = await (states[state] as Make)(context)
        const { name } = (await api('GET', `/images/${id}`)).body ?? {}
        const answer = await api('DELETE', `/images/${id}`)
        expectStatus(answer, 200)
        const { object, deleted, name: deletedName } = answer.body ?? {}
        expectSame([object, deleted, deletedName], ['image', true, name], 'object, deleted and name')
        expectError(await api('GET', `/images/${id}`), 404)
        expectSame((await api('GET', `/images?id=${id}`)).body?.data, [], 'the list of it')
      },
    }),
  ),
  defineCase({
    id: 'life.delete-is-soft',
    title: 'keeps the record of a deleted image, with the status that it had',
    sentence: sentences.softDelete,
    tags: ['life-cycle', 'listing'],
    async run({ api, images }) {
      const { id, sha256 } = await images.completed()
      await api('DELETE', `/images/${id}`)
      const { body } = await api('GET', `/images?id=${id}&include_deleted=true`)
      const [image] = body?.data ?? []
      expectSame([image?.id, image?.upload_status, image?.sha256], [id, 'completed', sha256], 'the deleted image')
    },
  }),
]
