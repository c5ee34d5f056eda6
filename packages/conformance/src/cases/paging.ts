import { cursorPattern } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectError, expectSame, expectThat } from '../expectations.ts'
import { sentences } from '../sentences.ts'
import { createSeveral, listThese, sorted } from './list-these.ts'

export const pagingCases = [
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
]

function alterAt(text: string, index: number): string {
  return text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1)
}
