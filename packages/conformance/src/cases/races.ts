import { defineCase } from '../case.ts'
import { expectSame, expectThat } from '../expectations.ts'
import { otherSha256 } from '../payload.ts'
import { sentences } from '../sentences.ts'

const racerCount = 8

export const raceCases = [
  defineCase({
    id: 'races.create',
    title: 'gives a name that several clients ask for at once to one of them',
    sentence: sentences.nameTaken,
    tags: ['races', 'names'],
    async run({ api, server, uniqueName }) {
      const body = { workspace: server.workspaceRef, name: uniqueName() }
      const answers = await Promise.all(
        Array.from({ length: racerCount }, async () => await api('POST', '/images', { body })),
      )
      const statuses = answers.map(({ status }) => status).sort()
      expectSame(statuses, [201, ...Array.from({ length: racerCount - 1 }, () => 409)], 'the statuses')
    },
  }),
  defineCase({
    id: 'races.complete-same',
    title: 'answers 200 to all who complete an image at once with the same digest',
    sentence: sentences.completeAgain,
    tags: ['races', 'completion'],
    async run({ api, images }) {
      const { id, sha256 } = await images.uploading()
      const complete = async () => (await images.complete(id, sha256)).status
      expectSame(
        await Promise.all([complete(), complete(), complete(), complete()]),
        [200, 200, 200, 200],
        'the statuses',
      )
      expectSame((await api('GET', `/images/${id}`)).body?.sha256, sha256, 'sha256')
    },
  }),
  defineCase({
    id: 'races.complete-different',
    title: 'completes an image with one digest when two are declared at once',
    sentence: sentences.completeOther,
    tags: ['races', 'completion'],
    async run({ api, images }) {
      const { id, sha256 } = await images.uploading()
      const digests = [sha256, otherSha256]
      const answers = await Promise.all(digests.map(async (digest) => await images.complete(id, digest)))
      const winners = digests.filter((_, index) => answers[index]?.status === 200)
      expectSame(winners.length, 1, 'the number of completions that answered 200')
      expectSame((await api('GET', `/images/${id}`)).body?.sha256, winners[0], 'sha256')
    },
  }),
  defineCase({
    id: 'races.parts',
    title: 'gives out part URLs to several clients at once',
    sentence: sentences.partUrl,
    tags: ['races', 'parts'],
    async run({ api, images }) {
      const { id } = await images.create()
      const answers = await Promise.all(
        Array.from(
          { length: racerCount },
          async (_, index) => await api('POST', `/images/${id}/parts`, { body: { part_id: index + 1 } }),
        ),
      )
      expectSame(new Set(answers.map(({ status }) => status)).size, 1, 'the number of different statuses')
      expectSame(answers[0]?.status, 200, 'the status')
      expectSame(new Set(answers.map(({ body }) => body?.url)).size, racerCount, 'the number of different URLs')
    },
  }),
  defineCase({
    id: 'races.delete',
    title: 'deletes an image that several clients delete at once',
    sentence: sentences.delete,
    tags: ['races', 'life-cycle'],
    async run({ api, images }) {
      const { id } = await images.create()
      const remove = async () => (await api('DELETE', `/images/${id}`)).status
      const statuses = await Promise.all([remove(), remove(), remove(), remove()])
      expectThat(statuses.includes(200), `none of four deletions answered 200: ${statuses.join(', ')}`)
      expectThat(
        statuses.every((status) => status === 200 || status === 404),
        `the deletions answered ${statuses.join(', ')}`,
      )
      expectSame((await api('GET', `/images/${id}`)).status, 404, 'the status afterwards')
    },
  }),
]
