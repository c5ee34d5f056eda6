import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, startTestServer, type TestServer } from './test-server.ts'
import { bytesOf, complete, createImage, partUrl, sha256Of, uploadImage } from './uploading.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const outcome = ({ status, body }: Answer) =>
  `${status} ${body.error ? body.error.details[0].code : body.upload_status}`
const post = async (id: string, action: string) => outcome(await server.api('POST', `/v2/images/${id}/${action}`))
const admin = async (id: string, action: string) =>
  outcome(await server.api('POST', `/v2/admin/images/${id}/${action}`))

describe('statuses', () => {
  it('go from started over uploading to completed, and back and forth to revoked', async () => {
    const id = await createImage(server.api)
    expect(await post(id, 'revoke')).toBe('409 not_completed')
    expect(await post(id, 'reinstate')).toBe('409 not_revoked')
    expect((await server.api('GET', `/v2/images/${id}/download`)).status).toBe(409)
    const url = await partUrl(server.api, id, 1)
    expect((await server.api('GET', `/v2/images/${id}`)).body.upload_status).toBe('uploading')
    await fetch(url, { method: 'PUT', body: 'x' })
    const sha256 = sha256Of(Buffer.from('x'))
    expect(outcome(await complete(server.api, id, sha256))).toBe('200 completed')
    expect(outcome(await complete(server.api, id, sha256))).toBe('200 completed')
    expect(outcome(await complete(server.api, id, 'b'.repeat(64)))).toBe('409 already_completed')
    expect(await post(id, 'revoke')).toBe('200 revoked')
    expect(await post(id, 'reinstate')).toBe('200 completed')
  })

  it('guard public and default images, and swap the default', async () => {
    const a = await uploadImage(server.api, [bytesOf(8, 1)], 'default-a')
    const b = await uploadImage(server.api, [bytesOf(8, 2)], 'default-b')
    expect(await admin(a, 'set-default')).toBe('409 not_public')
    expect(await admin(a, 'publish')).toBe('200 completed')
    expect(await admin(b, 'publish')).toBe('200 completed')
    expect(await post(a, 'revoke')).toBe('403 public_image')
    expect(await admin(a, 'set-default')).toBe('200 completed')
    expect(outcome(await server.api('DELETE', `/v2/images/${a}`))).toBe('403 default_image')
    expect(await admin(b, 'set-default')).toBe('200 completed')
    expect((await server.api('GET', `/v2/images/${a}`)).body.is_default).toBe(false)
    expect((await server.api('DELETE', `/v2/images/${a}`)).status).toBe(200)
    expect((await server.api('GET', `/v2/images/${a}`)).status).toBe(404)
  })
})

describe('listing', () => {
  const idsOf = ({ body }: Answer) => body.data.map(({ id }: { id: string }) => id)

  it('pages newest first, forwards and backwards, while rows come and go', async () => {
    const { body: workspace } = await server.api('POST', '/v2/workspaces', { name: 'paging' })
    const list = (query: string) => server.api('GET', `/v2/images?workspace=${workspace.id}&${query}`)
    const ids: string[] = []
    for (let i = 0; i < 5; i++) {
      ids.unshift((await server.api('POST', '/v2/images', { workspace: workspace.id })).body.id)
    }
    // Within one millisecond the id decides, so the order is the list's own.
    const all = idsOf(await list('limit=200'))
    expect([...all].sort()).toEqual([...ids].sort())

    const first = await list('limit=2')
    expect({ ids: idsOf(first), more: first.body.has_more }).toEqual({ ids: all.slice(0, 2), more: true })
    await server.api('DELETE', `/v2/images/${all[1]}`)
    await server.api('POST', '/v2/images', { workspace: workspace.id })
    const second = await list(`limit=2&starting_after=${first.body.cursor}`)
    expect(idsOf(second)).toEqual(all.slice(2, 4))
    const third = await list(`limit=2&starting_after=${second.body.cursor}`)
    expect({ ids: idsOf(third), more: third.body.has_more }).toEqual({ ids: all.slice(4), more: false })
    const before = await list(`limit=1&ending_before=${second.body.cursor}`)
    expect({ ids: idsOf(before), more: before.body.has_more }).toEqual({ ids: [all[2]], more: true })
    const further = await list(`limit=1&ending_before=${before.body.cursor}`)
    expect(idsOf(further)).toEqual([all[0]])
    const newest = await list(`limit=9&ending_before=${further.body.cursor}`)
    expect({ count: idsOf(newest).length, more: newest.body.has_more }).toEqual({ count: 1, more: false })
    const past = await list(`limit=9&ending_before=${newest.body.cursor}`)
    expect({ ids: idsOf(past), cursor: past.body.cursor }).toEqual({ ids: [], cursor: null })
    expect(idsOf(await list('include_deleted=true'))).toContain(all[1])
  })

  it('filters by id, also by path and name, and ignores what is not there', async () => {
    const a = await createImage(server.api, 'filter-a')
    const b = await createImage(server.api, 'filter-b')
    const answer = await server.api('GET', `/v2/images?id=${a}&id=filter-b&id=image_nothing`)
    expect(idsOf(answer).sort()).toEqual([a, b].sort())
    expect(idsOf(await server.api('GET', '/v2/images?id=image_nothing'))).toEqual([])
  })

  it('refuses forged cursors, both directions at once and unknown workspaces', async () => {
    const { cursor } = (await server.api('GET', '/v2/images?limit=1')).body
    const code = async (query: string) => outcome(await server.api('GET', `/v2/images?${query}`))
    expect(await code(`starting_after=${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'B' : 'A'}`)).toBe(
      '400 invalid_cursor',
    )
    expect(await code(`starting_after=${cursor}&ending_before=${cursor}`)).toBe('400 invalid_format')
    expect(await code('workspace=wksp_nothing')).toBe('404 workspace_not_found')
    expect(await code('starting_after=5')).toBe('400 invalid_format')
  })
})

describe('accounts and workspaces', () => {
  it("hides another account's images, but for the public ones", async () => {
    const other = server.apiOf(await server.token({ account: 'acme' }))
    const hidden = await uploadImage(server.api, [bytesOf(5)], 'hidden')
    const shown = await uploadImage(server.api, [bytesOf(5)], 'shown')
    await server.api('POST', `/v2/admin/images/${shown}/publish`)
    expect((await other('GET', `/v2/images/${hidden}`)).status).toBe(404)
    expect((await other('GET', '/v2/images/sfc:image:local:default:hidden')).status).toBe(404)
    expect((await other('DELETE', `/v2/images/${hidden}`)).status).toBe(404)
    expect((await other('GET', `/v2/images/${shown}`)).status).toBe(200)
    expect((await other('GET', `/v2/images/${shown}/download`)).status).toBe(200)
    expect((await other('POST', `/v2/images/${shown}/revoke`)).status).toBe(404)
    expect((await other('GET', `/v2/images?id=${hidden}`)).body.data).toEqual([])
    const listed = await other('GET', '/v2/images?workspace=sfc:workspace:sfcompute:public')
    expect(listed.body.data.map(({ name }: { name: string }) => name)).toContain('shown')
    expect((await other('GET', '/v1/account/me')).body.id).toBe('acme')
  })

  it('lets a limited token see its own workspace only', async () => {
    const { body: workspace } = await server.api('POST', '/v2/workspaces', { name: 'limited' })
    const limited = server.apiOf(await server.token({ workspaceId: workspace.id }))
    const outside = await createImage(server.api)
    expect((await limited('GET', `/v2/images/${outside}`)).status).toBe(404)
    expect((await limited('GET', '/v2/images')).body.data).toEqual([])
    expect((await limited('POST', '/v2/images', { workspace: workspace.id })).status).toBe(201)
    expect((await limited('POST', '/v2/images', { workspace: 'sfc:workspace:local:default' })).status).toBe(404)
    expect((await limited('GET', '/v2/workspaces')).body.data).toHaveLength(1)
    expect(outcome(await limited('POST', '/v2/workspaces', { name: 'more' }))).toBe('403 outside_workspace')
  })

  it('renames a workspace: paths follow, ids stay', async () => {
    const { body: workspace } = await server.api('POST', '/v2/workspaces', { name: 'before' })
    const { body: image } = await server.api('POST', '/v2/images', { workspace: workspace.id, name: 'disk' })
    await server.api('PATCH', '/v2/workspaces/sfc:workspace:local:before', { name: 'after' })
    const moved = await server.api('GET', '/v2/images/sfc:image:local:after:disk')
    expect(moved.body).toMatchObject({ id: image.id, resource_path: 'sfc:image:local:after:disk' })
    expect((await server.api('GET', '/v2/images/sfc:image:local:before:disk')).status).toBe(404)
  })

  it('keeps the default workspace, names apart and full workspaces', async () => {
    const ref = '/v2/workspaces/sfc:workspace:local:default'
    expect(outcome(await server.api('DELETE', ref))).toBe('409 default_workspace')
    expect(outcome(await server.api('PATCH', ref, { name: 'x' }))).toBe('409 default_workspace')
    const { body: workspace } = await server.api('POST', '/v2/workspaces', {})
    expect(outcome(await server.api('POST', '/v2/workspaces', { name: workspace.name }))).toBe('409 name_taken')
    expect(outcome(await server.api('PATCH', `/v2/workspaces/${workspace.id}`, { name: 'default' }))).toBe(
      '409 name_taken',
    )
    const { body: image } = await server.api('POST', '/v2/images', { workspace: workspace.id })
    expect(outcome(await server.api('DELETE', `/v2/workspaces/${workspace.id}`))).toBe('409 workspace_not_empty')
    await server.api('DELETE', `/v2/images/${image.id}`)
    expect((await server.api('DELETE', `/v2/workspaces/${workspace.id}`)).body.deleted).toBe(true)
    expect(outcome(await server.api('GET', `/v2/workspaces/${workspace.id}`))).toBe('404 workspace_not_found')
    expect((await server.api('GET', '/v2/images?include_deleted=true')).status).toBe(200)
    expect((await server.api('POST', '/v2/workspaces', { name: workspace.name })).status).toBe(201)
  })
})
