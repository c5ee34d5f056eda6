import { contract } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectKeys, expectSame, expectShape, expectThat } from '../expectations.ts'
import { sentences } from '../sentences.ts'

const imageKeys = [
  'id',
  'resource_path',
  'owner',
  'workspace',
  'workspace_id',
  'name',
  'is_public',
  'object',
  'upload_status',
  'created_at',
  'sha256',
]

export const imageObjectCases = [
  defineCase({
    id: 'image.get-shape',
    title: 'answers an image with every documented field',
    sentence: sentences.imageShape,
    tags: ['core'],
    async run({ api, shared }) {
      const { id, name, sha256 } = await shared.small()
      const image = expectShape(await api('GET', `/images/${id}`), 200, contract.getImage.response)
      expectKeys(image, imageKeys, 'an image')
      expectSame(
        [image.id, image.name, image.sha256, image.object, image.is_public, image.upload_status],
        [id, name, sha256, 'image', false, 'completed'],
        'id, name, sha256, object, is_public and upload_status',
      )
    },
  }),
  defineCase({
    id: 'image.started-shape',
    title: 'answers an image without a digest with a null, not without the field',
    sentence: sentences.imageShape,
    tags: ['core'],
    async run({ api, images }) {
      const { id } = await images.create()
      const image = expectShape(await api('GET', `/images/${id}`), 200, contract.getImage.response)
      expectKeys(image, imageKeys, 'an image')
      expectSame(image.sha256, null, 'sha256')
    },
  }),
  defineCase({
    id: 'image.complete-shape',
    title: 'answers a completion with every documented field of the image',
    sentence: sentences.complete,
    tags: ['core', 'completion'],
    async run({ images }) {
      const { id, sha256 } = await images.uploading()
      const image = expectShape(await images.complete(id, sha256), 200, contract.completeImage.response)
      expectKeys(image, imageKeys, 'a completed image')
      expectSame([image.id, image.sha256, image.upload_status], [id, sha256, 'completed'], 'id, sha256, upload_status')
    },
  }),
  defineCase({
    id: 'image.list-shape',
    title: 'lists an image with the very fields that it has by itself',
    sentence: sentences.imageShape,
    tags: ['core', 'listing'],
    async run({ api, shared }) {
      const { id } = await shared.small()
      const alone = (await api('GET', `/images/${id}`)).body ?? {}
      const { data } = expectShape(await api('GET', `/images?id=${id}`), 200, contract.listImages.response)
      expectThat(data.length === 1, `the list must hold the image, it holds ${data.length}`)
      expectKeys(data[0], imageKeys, 'a listed image')
      for (const key of imageKeys) expectSame(data[0][key], alone[key], `${key} in the list`)
    },
  }),
  defineCase({
    id: 'image.provider',
    title: 'tells the provider, if only as null, on get and list',
    sentence: sentences.provider,
    tags: ['core'],
    async run({ api, shared }) {
      const { id } = await shared.small()
      const alone = (await api('GET', `/images/${id}`)).body ?? {}
      const listed = (await api('GET', `/images?id=${id}`)).body?.data?.[0] ?? {}
      for (const image of [alone, listed]) {
        expectKeys(image, ['provider'], 'an image')
        expectThat(image.provider === null || typeof image.provider === 'string', 'provider must be a string or null')
      }
    },
  }),
  defineCase({
    id: 'image.workspace',
    title: 'names workspace and owner as the resource path does',
    sentence: sentences.imagePath,
    tags: ['core', 'ids'],
    async run({ api, shared }) {
      const { id } = await shared.small()
      const { owner, workspace, name, resource_path: path } = (await api('GET', `/images/${id}`)).body ?? {}
      expectSame(path, `sfc:image:${owner}:${workspace}:${name}`, 'resource_path')
    },
  }),
  defineCase({
    id: 'image.created-at-stays',
    title: 'keeps id and time of creation through the life of an image',
    sentence: sentences.permanence,
    tags: ['core'],
    async run({ api, server, images, uniqueName }) {
      const created = await api('POST', '/images', { body: { workspace: server.workspaceRef, name: uniqueName() } })
      const { id, created_at: createdAt } = created.body ?? {}
      await images.sendPart(id, 1, new Uint8Array(1))
      const sha256 = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'
      const completed = (await images.complete(id, sha256)).body
      expectSame([completed?.id, completed?.created_at], [id, createdAt], 'id and created_at')
    },
  }),
]
