import { describe, expect, it } from 'vitest'
import { type S3Location, storageLocationSchema } from './storage-url.ts'

describe('storageLocationSchema', () => {
  it('reads an address in full', () => {
    const text =
      's3://images/team/a/?endpoint=http://10.0.0.1:7480/&public_endpoint=https://s3.example.com&region=eu-1&path_style=false'
    expect(storageLocationSchema.parse(text)).toEqual({
      kind: 's3',
      url: 's3://images/team/a?endpoint=http://10.0.0.1:7480/&public_endpoint=https://s3.example.com&region=eu-1&path_style=false',
      bucket: 'images',
      prefix: 'team/a',
      endpoint: 'http://10.0.0.1:7480',
      publicEndpoint: 'https://s3.example.com',
      region: 'eu-1',
      isPathStyle: false,
    } satisfies S3Location)
  })

  it('takes Amazon for granted without an endpoint, and path style with one', () => {
    expect(storageLocationSchema.parse('s3://images')).toMatchObject({
      isPathStyle: false,
      region: undefined,
      prefix: '',
    })
    expect(storageLocationSchema.parse('s3://images?endpoint=http://ceph')).toMatchObject({
      isPathStyle: true,
      region: 'us-east-1',
    })
  })

  it.each([
    ['', /file: or an address/],
    ['http://images', /file: or an address/],
    ['file:/var/images', /file: alone/],
    ['s3://', /name a bucket/],
    ['s3://UPPER_case!', /name a bucket/],
    ['s3://images/a%20b', /a prefix of/],
    ['s3://images/#x', /fragment/],
    ['s3://images?endpoint=ceph:7480', /endpoint= with scheme and host/],
    ['s3://images?public_endpoint=https://a?b', /public_endpoint= with scheme and host/],
    ['s3://images?path_style=yes', /path_style=true or path_style=false/],
    ['s3://images?region=EU!', /region=eu-central-1/],
    ['s3://images?region=a&region=b', /each parameter once/],
  ])('refuses %j and says what to write', (text, message) => {
    expect(storageLocationSchema.safeParse(text).error?.issues[0]?.message).toMatch(message)
  })

  it('refuses credentials without repeating them', () => {
    for (const text of [
      's3://key:planted@images',
      's3://images?secret_key=planted',
      's3://images?endpoint=http://a:planted@b',
    ]) {
      const message = JSON.stringify(storageLocationSchema.safeParse(text).error?.issues)
      expect(message).not.toContain('planted')
    }
  })
})
