import { contract, cursorPattern } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectError, expectSame, expectShape, expectThat } from '../expectations.ts'
import type { CaseContext } from '../run/case-context.ts'
import { sentences } from '../sentences.ts'

const defaultLimit = 50
const illegalLimits = ['0', '201', '-1', '1.5', 'ten', '', '1e2', '0x10'] as const

/** Lists only the given images, whatever else the account holds. */
async function listThese({ api }: CaseContext, ids: readonly string[], more = '') {
  const answer = await api('GET', `/images?${ids.map((id) => `id=${id}`).join('&')}${more}`)
  const { data, has_more: hasMore, cursor } = expectShape(answer, 200, contract.listImages.response)
  return { ids: data.map(({ id }: { id: string }) => id) as string[], hasMore, cursor: cursor as string }
}

async function createSeveral({ images }: CaseContext, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index++) ids.push((await images.create()).id)
  return ids
}

const sorted = (ids: readonly string[]) => [...ids].sort()

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
    id: 'list.has-more-exact',
    title: 'says that there is no more when a page ends with the last item',
    sentence: sentences.list,
    tags: ['listing', 'core'],
    async run(context) {
      const ids = await createSeveral(context, 2)
      const page = await listThese(context, ids, '&limit=2')
      expectSame([page.ids.length, page.hasMore], [2, false], 'the number of items and has_more')
    },
  }),
  defineCase({
    id: 'list.pages-forward',
    title: 'pages forward through everything, each item once and in the order of the whole list',
    sentence: sentences.listPaging,
    tags: ['listing', 'core'],
    async run(context) {
      const ids = await createSeveral(context, 5)
      const whole = await listThese(context, ids)
      expectSame(sorted(whole.ids), sorted(ids), 'the ids of the whole list')
      const paged: string[] = []
      let more = '&limit=2'
      for (let page = 1; page <= 3; page++) {
        const got = await listThese(context, ids, more)
        paged.push(...got.ids)
        expectSame(got.hasMore, page < 3, `has_more of page ${page}`)
        more = `&limit=2&starting_after=${got.cursor}`
      }
      expectSame(paged, whole.ids, 'the ids of the pages put together')
    },
  }),
  defineCase({
    id: 'list.pages-backward',
    title: 'pages back to the items just before a cursor',
    sentence: sentences.listPaging,
    tags: ['listing', 'core'],
    async run(context) {
      const ids = await createSeveral(context, 5)
      const { ids: all } = await listThese(context, ids)
      const first = await listThese(context, ids, '&limit=2')
      const second = await listThese(context, ids, `&limit=2&starting_after=${first.cursor}`)
      // The cursor of the second page stands for the fourth item.
      const one = await listThese(context, ids, `&limit=1&ending_before=${second.cursor}`)
      expectSame([one.ids, one.hasMore], [all.slice(2, 3), true], 'the item before the fourth, and has_more')
      const two = await listThese(context, ids, `&limit=2&ending_before=${second.cursor}`)
      expectSame([sorted(two.ids), two.hasMore], [sorted(all.slice(1, 3)), true], 'two items before it, and has_more')
      const three = await listThese(context, ids, `&limit=3&ending_before=${second.cursor}`)
      expectSame([sorted(three.ids), three.hasMore], [sorted(all.slice(0, 3)), false], 'all before it, and has_more')
    },
  }),
  defineCase({
    id: 'list.stable-when-rows-go',
    title: 'misses nothing and repeats nothing when images are deleted between two pages',
    sentence: sentences.listPaging,
    tags: ['listing'],
    async run(context) {
      const ids = await createSeveral(context, 5)
      const { ids: all } = await listThese(context, ids)
      const first = await listThese(context, ids, '&limit=2')
      // The item that the cursor stands for is the hardest one to lose.
      for (const id of all.slice(0, 2)) await context.api('DELETE', `/images/${id}`)
      const second = await listThese(context, ids, `&limit=2&starting_after=${first.cursor}`)
      expectSame(second.ids, all.slice(2, 4), 'the second page')
    },
  }),
  defineCase({
    id: 'list.stable-when-rows-come',
    title: 'repeats nothing when images are created between two pages',
    sentence: sentences.listPaging,
    tags: ['listing'],
    async run(context) {
      const ids = await createSeveral(context, 4)
      const { ids: all } = await listThese(context, ids)
      const first = await listThese(context, ids, '&limit=2')
      const more = await createSeveral(context, 2)
      const second = await listThese(context, [...ids, ...more], `&limit=4&starting_after=${first.cursor}`)
      expectSame(
        second.ids.filter((id) => ids.includes(id)),
        all.slice(2),
        'what the second page has of the first images',
      )
    },
  }),
  defineCase({
    id: 'list.cursor-form',
    title: 'gives out cursors of the documented form that do not show the id',
    sentence: sentences.cursor,
    tags: ['listing'],
    async run(context) {
      const ids = await createSeveral(context, 2)
      const { cursor } = await listThese(context, ids, '&limit=1')
      expectThat(cursorPattern.test(cursor), `a cursor must be imagec_…, not ${cursor}`)
      expectThat(!ids.some((id) => cursor.includes(id)), 'a cursor must be opaque')
    },
  }),
  ...(['starting_after', 'ending_before'] as const).map((direction) =>
    defineCase({
      id: `list.cursor-tampered.${direction.replace('_', '-')}`,
      title: `answers 400 to a cursor that was altered, in ${direction}`,
      sentence: sentences.cursor,
      tags: ['listing', 'errors'],
      async run(context) {
        const ids = await createSeveral(context, 2)
        const { cursor } = await listThese(context, ids, '&limit=1')
        for (const place of [0.1, 0.5, 0.9]) {
          const altered = alterAt(cursor, 'imagec_'.length + Math.floor((cursor.length - 'imagec_'.length) * place))
          expectError(await context.api('GET', `/images?${direction}=${altered}`), 400, { field: direction })
        }
      },
    }),
  ),
  ...[
    ['garbage', 'imagec_conformance'],
    ['other-prefix', 'workspacec_AAAA'],
    ['number', '5'],
    ['newline', 'imagec_AAAA%0A'],
    ['image-id', 'image_conformance'],
  ].map(([id, cursor]) =>
    defineCase({
      id: `list.cursor-${id}`,
      title: `answers 400 to the cursor ${cursor}`,
      sentence: sentences.cursor,
      tags: ['listing', 'errors'],
      safety: 'read-only',
      async run({ api }) {
        expectError(await api('GET', `/images?starting_after=${cursor}`), 400, { field: 'starting_after' })
      },
    }),
  ),
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

function alterAt(text: string, index: number): string {
  return text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1)
}
