import { contract, imagePathPattern, workspaceIdPattern } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectError, expectKeys, expectSame, expectShape, expectThat } from '../expectations.ts'
import { sentences } from '../sentences.ts'

/** What the documentation shows of a created image. */
const createdKeys = [
  'id',
  'resource_path',
  'owner',
  'workspace',
  'name',
  'object',
  'upload_status',
  'created_at',
  'sha256',
]
const maxClockDifferenceSeconds = 120
const generatedNamePattern = /^[a-z]+-[a-z]+-[0-9a-z]{6}$/

export const creationCases = [
  defineCase({
    id: 'create.shape',
    title: 'answers a creation with 201 and the documented fields',
    sentence: sentences.createdShape,
    tags: ['core'],
    async run({ api, server, uniqueName }) {
      const name = uniqueName()
      const answer = await api('POST', '/images', { body: { workspace: server.workspaceRef, name } })
      const image = expectShape(answer, 201, contract.createImage.response)
      expectKeys(image, createdKeys, 'a created image')
      expectSame(image.object, 'image', 'object')
      expectSame(image.upload_status, 'started', 'upload_status')
      expectSame(image.name, name, 'name')
    },
  }),
  defineCase({
    id: 'create.status',
    title: 'answers a creation with 201, not 200',
    sentence: sentences.create,
    tags: ['core'],
    async run({ api, server, uniqueName }) {
      const body = { workspace: server.workspaceRef, name: uniqueName() }
      expectSame((await api('POST', '/images', { body })).status, 201, 'the status')
    },
  }),
  defineCase({
    id: 'create.sha256-null',
    title: 'tells of a digest that is not known yet as null',
    sentence: sentences.imageShape,
    tags: ['core'],
    async run({ api, server, uniqueName }) {
      const answer = await api('POST', '/images', { body: { workspace: server.workspaceRef, name: uniqueName() } })
      expectKeys(answer.body ?? {}, ['sha256'], 'a created image')
      expectSame(answer.body.sha256, null, 'sha256')
    },
  }),
  defineCase({
    id: 'create.created-at',
    title: 'tells the time of creation in whole seconds since 1970',
    sentence: sentences.createdAt,
    tags: ['core'],
    async run({ api, server, uniqueName }) {
      const answer = await api('POST', '/images', { body: { workspace: server.workspaceRef, name: uniqueName() } })
      const { created_at: createdAt } = answer.body ?? {}
      expectThat(Number.isSafeInteger(createdAt), `created_at must be an integer, not ${JSON.stringify(createdAt)}`)
      // The server's own clock decides, where it tells it.
      const serverNow = Date.parse(answer.headers.get('date') ?? '') || Date.now()
      const difference = Math.abs(createdAt - serverNow / 1000)
      expectThat(
        difference <= maxClockDifferenceSeconds,
        `created_at must be now in Unix seconds; ${createdAt} is ${Math.round(difference)} s away from the answer's date`,
      )
    },
  }),
  defineCase({
    id: 'create.resource-path',
    title: 'gives an image the path of its account, workspace and name',
    sentence: sentences.imagePath,
    tags: ['core', 'ids'],
    async run({ api, server, uniqueName }) {
      const { body } = await api('POST', '/images', { body: { workspace: server.workspaceRef, name: uniqueName() } })
      const { resource_path: path, owner, workspace, name } = body ?? {}
      expectThat(
        imagePathPattern.test(String(path)),
        `resource_path must be sfc:image:<account>:<workspace>:<name>, not ${path}`,
      )
      expectSame(path, `sfc:image:${owner}:${workspace}:${name}`, 'resource_path')
      expectSame(owner, server.account, 'owner')
    },
  }),
  defineCase({
    id: 'create.workspace-id',
    title: 'takes the workspace by its id as well as by its path',
    sentence: sentences.workspaceId,
    tags: ['core', 'ids'],
    async run({ api, server, images, uniqueName }) {
      const { id } = await images.create()
      const { workspace_id: workspaceId } = (await api('GET', `/images/${id}`)).body ?? {}
      expectThat(
        workspaceIdPattern.test(String(workspaceId)),
        `workspace_id must be a workspace id, not ${workspaceId}`,
      )
      const answer = await api('POST', '/images', { body: { workspace: workspaceId, name: uniqueName() } })
      const path = expectShape(answer, 201, contract.createImage.response).resource_path
      expectThat(
        path.startsWith(server.workspaceRef.replace('sfc:workspace:', 'sfc:image:')) ||
          server.workspaceRef === workspaceId,
        `the image must be in ${server.workspaceRef}, it is ${path}`,
      )
    },
  }),
  ...[
    ['absent', 'no name', {}],
    ['null', 'a null for a name', { name: null }],
  ].map(([id, what, more]) =>
    defineCase({
      id: `create.name-${id}`,
      title: `makes up a name when it is given ${what}`,
      sentence: sentences.generatedName,
      tags: ['core', 'names'],
      async run({ api, server }) {
        const answer = await api('POST', '/images', { body: { workspace: server.workspaceRef, ...(more as object) } })
        const { name } = expectShape(answer, 201, contract.createImage.response)
        expectThat(generatedNamePattern.test(name), `the name must be adjective-noun-xxxxxx, not ${name}`)
      },
    }),
  ),
  defineCase({
    id: 'create.names-differ',
    title: 'makes up another name each time',
    sentence: sentences.generatedName,
    tags: ['names'],
    async run({ api, server }) {
      const create = async () => (await api('POST', '/images', { body: { workspace: server.workspaceRef } })).body?.name
      const names = [await create(), await create(), await create()]
      expectSame(new Set(names).size, 3, 'the number of different names of three images')
    },
  }),
  ...[
    ['unknown-id', "an id that is nobody's", () => 'wksp_conformance'],
    ['unknown-path', 'a name that is not there', (account: string) => `sfc:workspace:${account}:conformance-none`],
    ['other-account', "an account that is not the caller's", () => 'sfc:workspace:conformance-nobody:default'],
    ['three-segments', 'a path of three segments', (account: string) => `sfc:workspace:${account}:default:more`],
  ].map(([id, what, workspaceOf]) =>
    defineCase({
      id: `create.workspace-${id}`,
      title: `answers 404 to a creation in ${what}`,
      sentence: id === 'three-segments' ? sentences.workspacePath : sentences.createUnknownWorkspace,
      tags: ['core', 'errors'],
      async run({ api, server, uniqueName }) {
        const workspace = (workspaceOf as (account: string) => string)(server.account)
        expectError(await api('POST', '/images', { body: { workspace, name: uniqueName() } }), 404)
      },
    }),
  ),
  ...[
    ['missing', 'no workspace', undefined],
    ['number', 'a number for a workspace', 7],
    ['bare-name', 'a bare name for a workspace', 'default'],
    ['newline', 'a workspace id with a newline', 'wksp_conformance\n'],
    ['inside', 'a workspace id inside a longer text', 'x wksp_conformance'],
    ['one-segment', 'a workspace path of one segment', 'sfc:workspace:conformance'],
    ['five-segments', 'a workspace path of five segments', 'sfc:workspace:a:b:c:d:e'],
  ].map(([id, what, workspace]) =>
    defineCase({
      id: `create.workspace-${id}`,
      title: `answers 400 that names the workspace to a creation with ${what}`,
      sentence: id === 'missing' || id === 'number' ? sentences.details : sentences.anchored,
      tags: ['core', 'errors', 'ids'],
      async run({ api, uniqueName }) {
        const answer = await api('POST', '/images', { body: { workspace, name: uniqueName() } })
        expectError(answer, 400, { field: 'workspace' })
      },
    }),
  ),
]
