import { contract, workspaceIdPattern } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectError, expectKeys, expectSame, expectShape, expectStatus, expectThat } from '../expectations.ts'
import { describeAnswer } from '../http/answer.ts'
import type { CaseContext } from '../run/case-context.ts'
import { sentences } from '../sentences.ts'
import { PreparationFailure } from '../violation.ts'

const workspaceKeys = ['id', 'resource_path', 'owner', 'name', 'object', 'created_at']
const adminOnly = { tags: ['workspaces', 'admin'], safety: 'destructive', needs: ['admin'] } as const

async function createWorkspace({ api, uniqueName }: CaseContext): Promise<{ id: string; name: string; path: string }> {
  const answer = await api('POST', '/workspaces', { body: { name: uniqueName() } })
  const { id, name, resource_path: path } = answer.body ?? {}
  if (typeof id !== 'string') throw new PreparationFailure(`could not prepare: ${describeAnswer(answer)}`)
  return { id, name, path }
}

export const workspaceCases = [
  defineCase({
    id: 'workspaces.list',
    title: 'lists the workspaces of the account',
    sentence: sentences.workspaces,
    tags: ['workspaces', 'core'],
    safety: 'read-only',
    async run({ api, server }) {
      const { data } = expectShape(await api('GET', '/workspaces'), 200, contract.listWorkspaces.response)
      const owners = new Set(data.map(({ owner }: { owner: string }) => owner))
      expectSame([...owners], [server.account], 'the owners of the workspaces')
    },
  }),
  defineCase({
    id: 'workspaces.get',
    title: 'answers a workspace with every documented field, by path and by id',
    sentence: sentences.workspaceShape,
    tags: ['workspaces', 'core'],
    safety: 'read-only',
    async run({ api, server }) {
      const answer = await api('GET', `/workspaces/${server.workspaceRef}`)
      const workspace = expectShape(answer, 200, contract.getWorkspace.response)
      expectKeys(workspace, workspaceKeys, 'a workspace')
      const { id, resource_path: path, owner, name, created_at: createdAt } = workspace
      expectThat(workspaceIdPattern.test(id), `a workspace id must be wksp_…, not ${id}`)
      expectSame(path, `sfc:workspace:${owner}:${name}`, 'resource_path')
      expectThat(
        Number.isSafeInteger(createdAt) && createdAt < 1e11,
        `created_at must be Unix seconds, not ${createdAt}`,
      )
      for (const ref of [id, path.replaceAll(':', '%3A')]) {
        expectSame((await api('GET', `/workspaces/${ref}`)).body, workspace, `the workspace by ${ref}`)
      }
    },
  }),
  ...[
    ['unknown-id', 'wksp_conformance', 404],
    ['unknown-account', 'sfc:workspace:conformance-nobody:default', 404],
    ['id-newline', 'wksp_conformance%0A', 400],
    ['five-segments', 'sfc:workspace:a:b:c:d:e', 400],
  ].map(([id, ref, status]) =>
    defineCase({
      id: `workspaces.refused.${id}`,
      title: `answers ${status} to the workspace ${ref}`,
      sentence: status === 404 ? sentences.workspaces : sentences.anchored,
      tags: ['workspaces', 'ids', 'errors'],
      safety: 'read-only',
      async run({ api }) {
        expectError(await api('GET', `/workspaces/${ref}`), status as number)
      },
    }),
  ),
  defineCase({
    id: 'workspaces.three-segments',
    title: 'tolerates a path of three segments, which is found nowhere',
    sentence: sentences.workspacePath,
    tags: ['workspaces', 'ids'],
    safety: 'read-only',
    async run({ api, server }) {
      expectError(await api('GET', `/workspaces/sfc:workspace:${server.account}:default:more`), 404)
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'workspaces.create',
    title: 'creates a workspace with the name that was asked for, and lists it',
    sentence: sentences.workspaces,
    async run({ api, server, uniqueName }) {
      const name = uniqueName()
      const answer = await api('POST', '/workspaces', { body: { name } })
      const workspace = expectShape(answer, [200, 201], contract.createWorkspace.response)
      expectKeys(workspace, workspaceKeys, 'a workspace')
      expectSame([workspace.name, workspace.owner], [name, server.account], 'name and owner')
      const { data } = (await api('GET', '/workspaces')).body ?? {}
      expectThat(
        data?.some(({ id }: { id: string }) => id === workspace.id),
        'the list of workspaces must hold the new one',
      )
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'workspaces.create-nameless',
    title: 'makes up a name for a workspace that was given none',
    sentence: sentences.workspaces,
    async run({ api }) {
      const answer = await api('POST', '/workspaces', { body: {} })
      expectShape(answer, [200, 201], contract.createWorkspace.response)
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'workspaces.name-taken',
    title: 'answers 409 to creating a workspace with a name that is taken',
    sentence: sentences.workspaceConflict,
    async run(context) {
      const { name } = await createWorkspace(context)
      expectError(await context.api('POST', '/workspaces', { body: { name } }), 409)
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'workspaces.rename-taken',
    title: 'answers 409 to renaming a workspace to a name that is taken',
    sentence: sentences.workspaceConflict,
    async run(context) {
      const [a, b] = [await createWorkspace(context), await createWorkspace(context)]
      expectError(await context.api('PATCH', `/workspaces/${a.id}`, { body: { name: b.name } }), 409)
    },
  }),
  ...['-x', '', 'x\n', 'x'.repeat(256)].map((name) =>
    defineCase({
      ...adminOnly,
      id: `workspaces.name-illegal.${name === '' ? 'empty' : name === 'x\n' ? 'newline' : name.length > 9 ? 'too-long' : 'dash-first'}`,
      title: `answers 400 that names the field to the workspace name ${JSON.stringify(name.slice(0, 9))}`,
      sentence: sentences.name,
      async run({ api }) {
        expectError(await api('POST', '/workspaces', { body: { name } }), 400, { field: 'name' })
      },
    }),
  ),
  defineCase({
    ...adminOnly,
    id: 'workspaces.rename',
    title: 'renames a workspace: the paths of its images follow, ids stay',
    sentence: sentences.permanence,
    async run(context) {
      const { api, images, server, uniqueName } = context
      const workspace = await createWorkspace(context)
      const image = await images.create({ workspace: workspace.id })
      const name = uniqueName()
      const answer = await api('PATCH', `/workspaces/${workspace.id}`, { body: { name } })
      const renamed = expectShape(answer, 200, contract.updateWorkspace.response)
      expectSame([renamed.id, renamed.name], [workspace.id, name], 'id and name')
      const path = `sfc:image:${server.account}:${name}:${image.name}`
      const moved = (await api('GET', `/images/${image.id}`)).body
      expectSame([moved?.resource_path, moved?.workspace], [path, name], 'resource_path and workspace of the image')
      expectSame((await api('GET', `/images/${path}`)).body?.id, image.id, 'the id under the new path')
      const oldPath = `sfc:image:${server.account}:${workspace.name}:${image.name}`
      expectError(await api('GET', `/images/${oldPath}`), 404)
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'workspaces.delete',
    title: 'deletes an empty workspace, which is not found any more',
    sentence: sentences.workspaces,
    async run(context) {
      const { id } = await createWorkspace(context)
      expectStatus(await context.api('DELETE', `/workspaces/${id}`), 200)
      expectError(await context.api('GET', `/workspaces/${id}`), 404)
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'workspaces.not-empty',
    title: 'answers 409 to deleting a workspace with an image, and deletes it once that is gone',
    sentence: sentences.workspaceConflict,
    async run(context) {
      const { api, images } = context
      const { id } = await createWorkspace(context)
      const image = await images.create({ workspace: id })
      expectError(await api('DELETE', `/workspaces/${id}`), 409)
      expectSame((await api('GET', `/images/${image.id}`)).status, 200, 'the status of the image afterwards')
      await api('DELETE', `/images/${image.id}`)
      expectStatus(await api('DELETE', `/workspaces/${id}`), 200)
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'workspaces.images-apart',
    title: 'lists the images of one workspace only',
    sentence: sentences.listWorkspace,
    async run(context) {
      const { api, images } = context
      const workspace = await createWorkspace(context)
      const inside = await images.create({ workspace: workspace.id })
      await images.create()
      for (const ref of [workspace.id, workspace.path]) {
        const { data } = expectShape(await api('GET', `/images?workspace=${ref}`), 200, contract.listImages.response)
        expectSame(
          data.map(({ id }: { id: string }) => id),
          [inside.id],
          `the ids in ${ref}`,
        )
      }
    },
  }),
  defineCase({
    ...adminOnly,
    id: 'workspaces.bare-name',
    title: 'does not find an image of another workspace by its bare name',
    sentence: sentences.references,
    needs: ['admin', 'default-workspace'],
    async run(context) {
      const workspace = await createWorkspace(context)
      const image = await context.images.create({ workspace: workspace.id })
      expectError(await context.api('GET', `/images/${image.name}`), 404)
    },
  }),
]
