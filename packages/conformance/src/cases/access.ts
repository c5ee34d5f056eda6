import { contract } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectError, expectSame, expectShape, expectThat } from '../expectations.ts'
import { sentences } from '../sentences.ts'

const digest = 'a'.repeat(64)

/** What one account may not do to another one's image. */
const foreign: readonly (readonly [id: string, method: string, suffix: string, body?: unknown])[] = [
  ['get', 'GET', ''],
  ['delete', 'DELETE', ''],
  ['part', 'POST', '/parts', { part_id: 1 }],
  ['complete', 'POST', '/complete', { sha256: digest }],
  ['download', 'GET', '/download'],
  ['revoke', 'POST', '/revoke'],
  ['reinstate', 'POST', '/reinstate'],
]

/** What a token that may only read is refused. */
const beyondReading: readonly (readonly [id: string, method: string, path: string, body?: unknown])[] = [
  ['delete', 'DELETE', '/images/{id}'],
  ['part', 'POST', '/images/{id}/parts', { part_id: 1 }],
  ['complete', 'POST', '/images/{id}/complete', { sha256: digest }],
  ['revoke', 'POST', '/images/{id}/revoke'],
  ['publish', 'POST', '/admin/images/{id}/publish'],
  ['set-default', 'POST', '/admin/images/{id}/set-default'],
]

export const accessCases = [
  defineCase({
    id: 'account.shape',
    title: 'tells who asks, outside of the prefixes',
    sentence: sentences.account,
    tags: ['access', 'core'],
    safety: 'read-only',
    async run({ api, server }) {
      const answer = await api('GET', '/v1/account/me', { prefix: '' })
      const me = expectShape(answer, 200, contract.getAccount.response)
      expectSame(
        [me.id, me.is_frozen, typeof me.role],
        [server.account, false, 'string'],
        'id, is_frozen, type of role',
      )
    },
  }),
  defineCase({
    id: 'account.default-workspace',
    title: 'tells the id by which clients build the path of the default workspace',
    sentence: sentences.account,
    tags: ['access', 'workspaces', 'core'],
    safety: 'read-only',
    async run({ api }) {
      const { body } = await api('GET', '/v1/account/me', { prefix: '' })
      const answer = await api('GET', `/workspaces/sfc:workspace:${body?.id}:default`)
      expectSame(expectShape(answer, 200, contract.getWorkspace.response).name, 'default', 'the name')
    },
  }),
  ...foreign.map(([id, method, suffix, body]) =>
    defineCase({
      id: `access.foreign.${id}`,
      title: `answers 404 to another account's ${method} of an image${suffix}`,
      sentence: sentences.accountScope,
      tags: ['access', 'errors'],
      needs: ['second-token'],
      async run({ api, second, shared }) {
        const image = await shared.small()
        const path = (await api('GET', `/images/${image.id}`)).body?.resource_path
        for (const ref of [image.id, path]) {
          expectError(await second(method, `/images/${ref}${suffix}`, { body }), 404)
        }
        expectSame(
          (await api('GET', `/images/${image.id}`)).body?.upload_status,
          'completed',
          'upload_status afterwards',
        )
      },
    }),
  ),
  defineCase({
    id: 'access.foreign.list',
    title: "does not list another account's images, even by their ids",
    sentence: sentences.accountScope,
    tags: ['access', 'listing'],
    needs: ['second-token'],
    async run({ second, shared }) {
      const { id } = await shared.small()
      const byId = await second('GET', `/images?id=${id}`)
      expectThat(byId.status === 404 || byId.body?.data?.length === 0, `the list by id answered ${byId.status}`)
      const { data } = expectShape(await second('GET', '/images?limit=200'), 200, contract.listImages.response)
      expectThat(!data.some((image: { id: string }) => image.id === id), 'the list of another account holds the image')
    },
  }),
  defineCase({
    id: 'access.foreign.list-workspace',
    title: "answers 404 to a list of another account's workspace",
    sentence: sentences.listWorkspace,
    tags: ['access', 'listing', 'errors'],
    needs: ['second-token'],
    async run({ api, second, shared }) {
      const { workspace_id: workspaceId } = (await api('GET', `/images/${(await shared.small()).id}`)).body ?? {}
      expectError(await second('GET', `/images?workspace=${workspaceId}`), 404)
    },
  }),
  defineCase({
    id: 'access.foreign.create',
    title: "answers 404 to a creation in another account's workspace",
    sentence: sentences.createUnknownWorkspace,
    tags: ['access', 'errors'],
    needs: ['second-token'],
    async run({ api, second, shared, uniqueName }) {
      const { workspace_id: workspace } = (await api('GET', `/images/${(await shared.small()).id}`)).body ?? {}
      expectError(await second('POST', '/images', { body: { workspace, name: uniqueName() } }), 404)
    },
  }),
  defineCase({
    id: 'access.foreign.cursor',
    title: 'shows nothing of an account to another one that has its cursor',
    sentence: sentences.cursor,
    tags: ['access', 'listing'],
    needs: ['second-token'],
    async run({ api, second, images }) {
      const ids = [(await images.create()).id, (await images.create()).id]
      const { body } = await api('GET', `/images?limit=1&id=${ids.join('&id=')}`)
      const answer = await second('GET', `/images?limit=200&starting_after=${body?.cursor}`)
      const data: { id: string }[] = answer.body?.data ?? []
      expectThat(!data.some(({ id }) => ids.includes(id)), 'the page of another account holds the image')
    },
  }),
  ...beyondReading.map(([id, method, path, body]) =>
    defineCase({
      id: `access.reader.${id}`,
      title: `answers 403 to ${method} ${path} by a token that may only read`,
      sentence: sentences.roles,
      tags: ['access', 'errors'],
      needs: ['reader-token'],
      async run({ api, reader, shared }) {
        const image = await shared.small()
        expectError(await reader(method, path.replace('{id}', image.id), { body }), 403)
        expectSame(
          (await api('GET', `/images/${image.id}`)).body?.upload_status,
          'completed',
          'upload_status afterwards',
        )
      },
    }),
  ),
  defineCase({
    id: 'access.reader.create',
    title: 'answers 403 to a creation by a token that may only read',
    sentence: sentences.roles,
    tags: ['access', 'errors'],
    needs: ['reader-token'],
    async run({ reader, server, uniqueName }) {
      const body = { workspace: server.workspaceRef, name: uniqueName() }
      expectError(await reader('POST', '/images', { body }), 403)
    },
  }),
  defineCase({
    id: 'access.reader.reads',
    title: 'lets a token that may only read get, list and download',
    sentence: sentences.roles,
    tags: ['access'],
    needs: ['reader-token'],
    async run({ reader, shared }) {
      const { id } = await shared.small()
      for (const path of [`/images/${id}`, '/images', `/images/${id}/download`]) {
        expectSame((await reader('GET', path)).status, 200, `the status of GET ${path}`)
      }
    },
  }),
]
