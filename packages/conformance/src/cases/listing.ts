import { contract } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectError, expectSame, expectShape, expectThat } from '../expectations.ts'
import { sentences } from '../sentences.ts'
import { createSeveral, listThese, sorted } from './list-these.ts'

const defaultLimit = 50
const illegalLimits = ['0', '201', '-1', '1.5', 'ten', '', '1e2', '0x10'] as const

export const listingCases = [
  defineCase({
    id: 'list.shape',
    title: 'answers a list with object, data, has_more and cursor',
    sentence: sentences.list,
    tags: ['listing', 'core'],
    safety: 'read-only',
    async run({ api }) {
      const list = expectShape(await api('GET', '/images'), 200, contract.listImages.response)
      expectSame(list.object, 'list', 'object')
      expectThat('cursor' in list, 'a list must have a cursor, if only null')
      expectThat(
        list.data.length <= defaultLimit,
        `a page without limit must have at most 50, it has ${list.data.length}`,
      )
    },
  }),
  ...illegalLimits.map((limit) =>
    defineCase({
      id: `list.limit-illegal.${limit === '' ? 'empty' : limit}`,
      title: `answers 400 that names limit to ${limit === '' ? 'an empty limit' : `the limit ${limit}`}`,
      sentence: sentences.listLimit,
      tags: ['listing', 'limits', 'errors'],
      safety: 'read-only',
      async run({ api }) {
        expectError(await api('GET', `/images?limit=${limit}`), 400, { field: 'limit' })
      },
    }),
  ),
  ...[1, 200].map((limit) =>
    defineCase({
      id: `list.limit-${limit}`,
      title: `takes the limit ${limit}, and keeps it`,
      sentence: sentences.listLimit,
      tags: ['listing', 'limits'],
      async run(context) {
        const ids = await createSeveral(context, 2)
        const page = await listThese(context, ids, `&limit=${limit}`)
        expectSame([page.ids.length, page.hasMore], [Math.min(limit, 2), limit < 2], 'the number of items and has_more')
      },
    }),
  ),
  defineCase({
    id: 'list.default-limit',
    title: 'gives 50 items when no limit is given and there are more',
    sentence: sentences.listLimit,
    tags: ['listing', 'limits'],
    async run({ api, images }) {
      let due = defaultLimit + 1
      const create = async () => {
        while (due-- > 0) await images.create()
      }
      await Promise.all([create(), create(), create(), create()])
      const { data, has_more: hasMore } = expectShape(await api('GET', '/images'), 200, contract.listImages.response)
      expectSame([data.length, hasMore], [defaultLimit, true], 'the number of items and has_more')
    },
  }),
  defineCase({
    id: 'list.by-id',
    title: 'lists the images whose ids are given, and no others',
    sentence: sentences.listIds,
    tags: ['listing', 'core'],
    async run(context) {
      const ids = await createSeveral(context, 3)
      const { ids: listed } = await listThese(context, ids.slice(0, 2))
      expectSame(sorted(listed), sorted(ids.slice(0, 2)), 'the ids of the list')
    },
  }),
  defineCase({
    id: 'list.deleted-hidden',
    title: 'leaves deleted images out unless they are asked for',
    sentence: sentences.listDeleted,
    tags: ['listing', 'core'],
    async run(context) {
      const [kept, gone] = (await createSeveral(context, 2)) as [string, string]
      await context.api('DELETE', `/images/${gone}`)
      for (const more of ['', '&include_deleted=false']) {
        expectSame((await listThese(context, [kept, gone], more)).ids, [kept], `the ids of the list with "${more}"`)
      }
    },
  }),
  defineCase({
    id: 'list.deleted-included',
    title: 'lists deleted images when they are asked for',
    sentence: sentences.listDeleted,
    tags: ['listing', 'core'],
    async run(context) {
      const ids = await createSeveral(context, 2)
      await context.api('DELETE', `/images/${ids[0]}`)
      const { ids: listed } = await listThese(context, ids, '&include_deleted=true')
      expectSame(sorted(listed), sorted(ids), 'the ids of the list')
    },
  }),
  defineCase({
    id: 'list.include-deleted-illegal',
    title: 'answers 400 to an include_deleted that is neither true nor false',
    sentence: sentences.listDeleted,
    tags: ['listing', 'errors'],
    safety: 'read-only',
    async run({ api }) {
      expectError(await api('GET', '/images?include_deleted=perhaps'), 400, { field: 'include_deleted' })
    },
  }),
  ...[
    ['unknown', 'wksp_conformance', 404],
    ['other-account', 'sfc:workspace:conformance-nobody:default', 404],
    ['malformed', 'wksp_', 400],
    ['inside', 'x-wksp_conformance', 400],
  ].map(([id, workspace, status]) =>
    defineCase({
      id: `list.workspace-${id}`,
      title: `answers ${status} to a list of the workspace ${workspace}`,
      sentence: status === 404 ? sentences.listWorkspace : sentences.anchored,
      tags: ['listing', 'errors', 'core'],
      safety: 'read-only',
      async run({ api }) {
        expectError(await api('GET', `/images?workspace=${workspace}`), status as number)
      },
    }),
  ),
  ...['path', 'id'].map((kind) =>
    defineCase({
      id: `list.by-workspace-${kind}`,
      title: `lists a workspace by its ${kind}, with its images only`,
      sentence: sentences.listWorkspace,
      tags: ['listing', 'core'],
      async run(context) {
        const [id] = (await createSeveral(context, 1)) as [string]
        const { workspace_id: workspaceId, owner, workspace } = (await context.api('GET', `/images/${id}`)).body ?? {}
        const ref = kind === 'id' ? workspaceId : `sfc:workspace:${owner}:${workspace}`
        const answer = await context.api('GET', `/images?limit=200&workspace=${ref}`)
        const { data } = expectShape(answer, 200, contract.listImages.response)
        const others = data.filter((image: { workspace_id: string }) => image.workspace_id !== workspaceId)
        expectSame(others.length, 0, 'the number of images of other workspaces')
        expectSame((await listThese(context, [id], `&workspace=${ref}`)).ids, [id], 'the list of the image')
      },
    }),
  ),
]
