import { describe, expect, test } from 'vitest'
import { contract } from '../contract.ts'
import { completeImageBodySchema, createdImageSchema, createImageBodySchema, imageSchema } from './image.ts'

/** The documented answer to a completion, with values of the documented forms. */
const image = {
  id: 'image_k3R-nX9vLm7Qp2Yw5Jd8F',
  resource_path: 'sfc:image:acme:prod:my-resource-name',
  owner: 'acme',
  workspace: 'prod',
  workspace_id: 'wksp_k3R-nX9vLm7Qp2Yw5Jd8F',
  name: 'my-resource-name',
  is_public: true,
  object: 'image',
  upload_status: 'completed',
  created_at: 1738972800,
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
}

describe('an image', () => {
  test('is read as documented', () => {
    expect(imageSchema.parse(image)).toEqual(image)
  })

  test('may lack the optional fields of a creation, but for those of a reading', () => {
    const { workspace_id, is_public, sha256, ...created } = { ...image, upload_status: 'started' }
    expect(createdImageSchema.parse(created)).toEqual({ ...created, sha256: null })
    expect(imageSchema.safeParse(created).success).toBe(false)
  })

  test('may carry fields that are not known yet', () => {
    expect(imageSchema.parse({ ...image, provider: null, arch: 'arm64' })).toMatchObject({
      provider: null,
      arch: 'arm64',
    })
  })

  test.each(Object.keys(image).filter((key) => key !== 'object' && key !== 'sha256'))('needs %s', (key) => {
    expect(imageSchema.safeParse({ ...image, [key]: undefined }).success).toBe(false)
  })

  test.each([
    { object: 'workspace' },
    { upload_status: 'done' },
    { created_at: '1738972800' },
    { created_at: 1738972800.5 },
    { sha256: 'E3B0' },
    { id: 'vmi_a' },
    { resource_path: 'sfc:image:acme:my-resource-name' },
    { name: 'a'.repeat(256) },
  ])('is refused with %j', (change) => {
    expect(imageSchema.safeParse({ ...image, ...change }).success).toBe(false)
  })
})

test.each(['started', 'uploading', 'completed', 'failed', 'revoked'])('an image can be %s', (upload_status) => {
  expect(imageSchema.parse({ ...image, upload_status }).upload_status).toBe(upload_status)
})

describe('a creation', () => {
  test.each([
    { workspace: 'wksp_k3R-nX9vLm7Qp2Yw5Jd8F' },
    { workspace: 'sfc:workspace:acme:prod', name: 'my-resource-name' },
    { workspace: 'sfc:workspace:acme:prod:more', name: null },
  ])('is read as documented: %j', (body) => {
    expect(createImageBodySchema.parse(body)).toEqual(body)
  })

  test.each([
    {},
    { workspace: null },
    { workspace: 'default' },
    { workspace: 'wksp_a\n' },
    { workspace: 'wksp_a', name: '' },
    { workspace: 'wksp_a', name: 'a'.repeat(256) },
    { workspace: 'wksp_a', size: 5 },
    [],
    'wksp_a',
    null,
  ])('is refused: %j', (body) => {
    expect(createImageBodySchema.safeParse(body).success).toBe(false)
  })
})

test('a completion needs a digest and nothing else', () => {
  expect(completeImageBodySchema.parse({ sha256: image.sha256 })).toEqual({ sha256: image.sha256 })
  for (const body of [
    {},
    { sha256: null },
    { sha256: image.sha256.toUpperCase() },
    { sha256: image.sha256, parts: [] },
  ]) {
    expect(completeImageBodySchema.safeParse(body).success).toBe(false)
  }
})

test('lists, deletions, downloads, accounts and capabilities are read as documented', () => {
  const list = { object: 'list', data: [image], has_more: false, cursor: null }
  expect(contract.listImages.response.parse(list)).toEqual(list)
  const deleted = { object: 'image', deleted: true, name: image.name }
  expect(contract.deleteImage.response.parse(deleted)).toEqual(deleted)
  const download = { url: 'https://example.com/bytes', expires_at: 1738972800, sha256: image.sha256, size: 1 }
  expect(contract.getImageDownload.response.parse(download)).toEqual(download)
  expect(contract.getAccount.response.parse({ id: 'acme', role: 'owner' })).toEqual({
    id: 'acme',
    role: 'owner',
    is_frozen: false,
  })
  const capabilities = {
    object: 'capabilities',
    server: 'slipway-proxy/0.1.0',
    list_parts: true,
    part_sha256: true,
    verifies_sha256: true,
    limits: { max_image_size: 1, min_part_size: 1, max_part_size: 1, max_parts: 1 },
  }
  expect(contract.getCapabilities.response.parse(capabilities)).toEqual(capabilities)
})
