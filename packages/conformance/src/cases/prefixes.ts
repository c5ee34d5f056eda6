import { apiPrefixes } from '@slipway/core'
import { type CaseDefinition, defineCase } from '../case.ts'
import { expectSame, expectThat } from '../expectations.ts'
import type { Answer } from '../http/answer.ts'
import type { ApiPrefix } from '../http/api.ts'
import type { CaseContext } from '../run/case-context.ts'
import { sentences } from '../sentences.ts'

/** Asks for the same under one prefix; what it starts from is made anew for each. */
type Ask = (context: CaseContext, prefix: ApiPrefix) => Promise<Answer>

const asks: Readonly<Record<string, Ask>> = {
  createImage: async ({ api, server, uniqueName }, prefix) =>
    await api('POST', '/images', { prefix, body: { workspace: server.workspaceRef, name: uniqueName() } }),
  listImages: async ({ api }, prefix) => await api('GET', '/images?limit=1', { prefix }),
  getImage: async ({ api, shared }, prefix) => await api('GET', `/images/${(await shared.small()).id}`, { prefix }),
  deleteImage: async ({ api, images }, prefix) =>
    await api('DELETE', `/images/${(await images.create()).id}`, { prefix }),
  createPartUrl: async ({ api, images }, prefix) =>
    await api('POST', `/images/${(await images.create()).id}/parts`, { prefix, body: { part_id: 1 } }),
  completeImage: async ({ api, images }, prefix) => {
    const { id, sha256 } = await images.uploading()
    return await api('POST', `/images/${id}/complete`, { prefix, body: { sha256 } })
  },
  getImageDownload: async ({ api, shared }, prefix) =>
    await api('GET', `/images/${(await shared.small()).id}/download`, { prefix }),
  revokeImage: async ({ api, images }, prefix) =>
    await api('POST', `/images/${(await images.completed()).id}/revoke`, { prefix }),
  reinstateImage: async ({ api, images }, prefix) =>
    await api('POST', `/images/${(await images.revoked()).id}/reinstate`, { prefix }),
}

const destructiveAsks: Readonly<Record<string, Ask>> = {
  publishImage: async ({ api, images }, prefix) =>
    await api('POST', `/admin/images/${(await images.completed()).id}/publish`, { prefix }),
  createWorkspace: async ({ api, uniqueName }, prefix) =>
    await api('POST', '/workspaces', { prefix, body: { name: uniqueName() } }),
  updateWorkspace: async ({ api, uniqueName }, prefix) => {
    const { body } = await api('POST', '/workspaces', { body: { name: uniqueName() } })
    return await api('PATCH', `/workspaces/${body?.id}`, { prefix, body: { name: uniqueName() } })
  },
  deleteWorkspace: async ({ api, uniqueName }, prefix) => {
    const { body } = await api('POST', '/workspaces', { body: { name: uniqueName() } })
    return await api('DELETE', `/workspaces/${body?.id}`, { prefix })
  },
}

const readOnlyAsks: Readonly<Record<string, Ask>> = {
  listWorkspaces: async ({ api }, prefix) => await api('GET', '/workspaces', { prefix }),
  getWorkspace: async ({ api, server }, prefix) => await api('GET', `/workspaces/${server.workspaceRef}`, { prefix }),
  refusal: async ({ api }, prefix) => await api('GET', '/images/image_conformance', { prefix }),
  invalid: async ({ api }, prefix) => await api('GET', '/images?limit=0', { prefix }),
}

const expectedFailures: Readonly<Record<string, number>> = { refusal: 404, invalid: 400 }

function compare(name: string, ask: Ask, more: Partial<CaseDefinition>) {
  return defineCase({
    id: `prefixes.${name}`,
    title: `answers ${name === 'refusal' ? '404' : name === 'invalid' ? '400' : name} alike under both prefixes`,
    sentence: sentences.prefixes,
    tags: ['core'],
    ...more,
    async run(context) {
      const answers: Answer[] = []
      for (const prefix of apiPrefixes) answers.push(await ask(context, prefix))
      const [stable, preview] = answers as [Answer, Answer]
      expectSame([stable.status, preview.status], [stable.status, stable.status], 'the statuses under both prefixes')
      const isExpected = expectedFailures[name] ? stable.status === expectedFailures[name] : stable.status < 300
      expectThat(isExpected, `${stable.request} answered ${stable.status}`)
      expectSame(keysOf(preview), keysOf(stable), 'the fields of the answer under /preview/v2')
    },
  })
}

function keysOf({ body }: Answer): readonly string[] {
  return Object.keys(body ?? {}).sort()
}

export const prefixCases = [
  ...Object.entries(readOnlyAsks).map(([name, ask]) => compare(name, ask, { safety: 'read-only' })),
  ...Object.entries(asks).map(([name, ask]) => compare(name, ask, { safety: 'creates' })),
  ...Object.entries(destructiveAsks).map(([name, ask]) =>
    compare(name, ask, { safety: 'destructive', needs: ['admin'], tags: ['core', 'admin'] }),
  ),
  defineCase({
    id: 'prefixes.same-image',
    title: 'shows an image that was created under one prefix under the other one, the same',
    sentence: sentences.prefixes,
    tags: ['core'],
    async run({ api, server, uniqueName }) {
      const body = { workspace: server.workspaceRef, name: uniqueName() }
      const created = await api('POST', '/images', { prefix: '/preview/v2', body })
      const [stable, preview] = [
        await api('GET', `/images/${created.body?.id}`),
        await api('GET', `/images/${created.body?.id}`, { prefix: '/preview/v2' }),
      ]
      expectSame(stable.status, 200, 'the status under /v2')
      expectSame(preview.body, stable.body, 'the image under /preview/v2')
    },
  }),
]
