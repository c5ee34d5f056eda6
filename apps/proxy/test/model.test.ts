import { type ImageEvent, type ImageState, initialImageState, transitionImage } from '@slipway/core'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { proofScale } from './proof-scale.ts'
import { startTestServer, type TestServer } from './test-server.ts'
import { bytesOf, sha256Of } from './uploading.ts'

const runCount = proofScale('SLIPWAY_MODEL_RUNS', 40)

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

interface ModelImage {
  readonly id: string
  readonly name: string
  state: ImageState
  hasPart: boolean
}
interface Model {
  readonly workspace: string
  /** In order of creation. */
  readonly images: ModelImage[]
}
type Command = fc.AsyncCommand<Model, TestServer>

const bytes = bytesOf(64)
const digests = { right: sha256Of(bytes), wrong: '0'.repeat(64) }
const statusOf = { image_not_found: 404, default_image: 403, public_image: 403, no_parts: 400 } as Record<
  string,
  number
>

const holderOf = ({ images }: Model, name: string) =>
  images.find((image) => image.name === name && !image.state.isDeleted && image.state.uploadStatus !== 'failed')

/** What the API shows of every image must be what the model knows, whatever was done last. */
async function assertSame(model: Model, real: TestServer): Promise<void> {
  const list = await real.api('GET', `/v2/images?workspace=${model.workspace}&include_deleted=true&limit=200`)
  const shown = list.body.data.map((image: Record<string, unknown>) => [
    image.id,
    image.name,
    image.upload_status,
    image.is_public,
    image.is_default,
    image.sha256,
    image.deleted_at !== undefined,
  ])
  const known = model.images.map(({ id, name, state }) => [
    ...[id, name, state.uploadStatus, state.isPublic, state.isDefault, state.sha256, state.isDeleted],
  ])
  const byId = (a: unknown[], b: unknown[]) => String(a[0]).localeCompare(String(b[0]))
  expect(shown.toSorted(byId)).toEqual(known.toSorted(byId))
  const live = model.images.filter(({ state }) => !state.isDeleted).length
  const page = await real.api('GET', `/v2/images?workspace=${model.workspace}&limit=200`)
  expect(page.body.data).toHaveLength(live)
}

const create = (name: string): Command => ({
  check: () => true,
  toString: () => `create ${name}`,
  async run(model, real) {
    const { status, body } = await real.api('POST', '/v2/images', { workspace: model.workspace, name })
    expect(status).toBe(holderOf(model, name) ? 409 : 201)
    if (status === 201) model.images.push({ id: body.id, name, state: initialImageState, hasPart: false })
    await assertSame(model, real)
  },
})

interface Action {
  readonly label: string
  readonly event: (image: ModelImage) => ImageEvent
  readonly send: (real: TestServer, id: string) => Promise<number>
  readonly isApplied?: (image: ModelImage) => boolean
}

const post = (suffix: string, body?: object) => async (real: TestServer, id: string) =>
  (await real.api('POST', `/v2/images/${id}/${suffix}`, body)).status
const admin = (suffix: string) => async (real: TestServer, id: string) =>
  (await real.api('POST', `/v2/admin/images/${id}/${suffix}`)).status
const completeWith = (kind: keyof typeof digests): Action => ({
  label: `complete with the ${kind} digest`,
  event: () => ({ type: 'completed', sha256: digests[kind] }),
  send: post('complete', { sha256: digests[kind] }),
  // Bytes are checked before the state: no part and a wrong digest are refused while the upload goes on.
  isApplied: ({ hasPart, state }) => state.uploadStatus !== 'uploading' || (hasPart && kind === 'right'),
})

const actions: readonly Action[] = [
  {
    label: 'send a part',
    event: () => ({ type: 'part_url_issued' }),
    async send(real, id) {
      const { status, body } = await real.api('POST', `/v2/images/${id}/parts`, { part_id: 1 })
      return status === 200 ? (await fetch(body.url, { method: 'PUT', body: Uint8Array.from(bytes) })).status : status
    },
  },
  completeWith('right'),
  completeWith('wrong'),
  { label: 'revoke', event: () => ({ type: 'revoked' }), send: post('revoke') },
  { label: 'reinstate', event: () => ({ type: 'reinstated' }), send: post('reinstate') },
  { label: 'publish', event: () => ({ type: 'published' }), send: admin('publish') },
  { label: 'set default', event: () => ({ type: 'made_default' }), send: admin('set-default') },
  {
    label: 'delete',
    event: () => ({ type: 'deleted' }),
    send: async (real, id) => (await real.api('DELETE', `/v2/images/${id}`)).status,
  },
]

const act = (action: Action, index: number): Command => ({
  check: ({ images }) => images.length > 0,
  toString: () => `${action.label} ${index}`,
  async run(model, real) {
    const image = model.images[index % model.images.length] as ModelImage
    const event = action.event(image)
    const transition = transitionImage(image.state, event)
    const status = await action.send(real, image.id)
    if (!transition.ok) {
      expect(status, transition.code).toBe(statusOf[transition.code] ?? 409)
    } else if (action.isApplied && !action.isApplied(image)) {
      expect(status).toBe(400)
    } else {
      expect(status).toBe(200)
      // One default in an account: what was it before is none now.
      if (event.type === 'made_default') {
        for (const other of model.images) other.state = { ...other.state, isDefault: false }
      }
      image.state = transition.state
      if (event.type === 'part_url_issued') image.hasPart = true
    }
    await assertSame(model, real)
  },
})

it('behaves as the life cycle says through any sequence of operations over HTTP', async () => {
  const index = fc.nat(5)
  const commands = fc.commands(
    [
      fc.constantFrom('a', 'b').map(create),
      ...actions.map((action) => index.map((number) => act(action, number))),
      // A completion needs a part first: without this few sequences would get beyond it.
      index.map((number) => act(actions[0] as Action, number)),
      index.map((number) => act(actions[1] as Action, number)),
    ],
    { maxCommands: 30 },
  )
  let count = 0
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const workspace = (await server.api('POST', '/v2/workspaces', { name: `model-${++count}` })).body.id
      await fc.asyncModelRun(() => ({ model: { workspace, images: [] }, real: server }), sequence)
    }),
    { numRuns: runCount, seed: 7, endOnFailure: false },
  )
}, 1_200_000)
