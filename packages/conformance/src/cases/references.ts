import { canonicalImageIdPattern, contract } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectError, expectSame, expectShape, expectThat } from '../expectations.ts'
import type { CompletedImage } from '../run/images.ts'
import { sentences } from '../sentences.ts'

interface Reference {
  readonly id: string
  readonly what: string
  readonly sentence: string
  readonly isInDefaultWorkspace?: boolean
  of(image: CompletedImage, path: string): string
}

const references: readonly Reference[] = [
  { id: 'id', what: 'its id', sentence: sentences.references, of: ({ id }) => id },
  {
    id: 'legacy-id',
    what: 'its id with the legacy prefix',
    sentence: sentences.legacyId,
    of: ({ id }) => id.replace(/^image_/, 'vmi_'),
  },
  { id: 'path', what: 'its resource path', sentence: sentences.references, of: (_, path) => path },
  {
    id: 'encoded-path',
    what: 'its resource path with encoded colons',
    sentence: sentences.encodedColons,
    of: (_, path) => path.replaceAll(':', '%3A'),
  },
  {
    id: 'encoded-path-lower',
    what: 'its resource path with colons encoded in lower case',
    sentence: sentences.encodedColons,
    of: (_, path) => path.replaceAll(':', '%3a'),
  },
  {
    id: 'encoded-id',
    what: 'its id with an encoded underscore',
    sentence: sentences.references,
    of: ({ id }) => id.replace('_', '%5F'),
  },
  {
    id: 'name',
    what: 'its bare name',
    sentence: sentences.references,
    isInDefaultWorkspace: true,
    of: ({ name }) => name,
  },
]

const operations: readonly (readonly [method: string, suffix: string])[] = [
  ['GET', ''],
  ['GET', '/download'],
]

const anchors: readonly (readonly [id: string, what: string, of: (image: CompletedImage, path: string) => string])[] = [
  ['id-newline', 'its id with a newline behind', ({ id }) => `${id}%0A`],
  ['id-space', 'its id with a space in front', ({ id }) => `%20${id}`],
  ['id-longer', 'its id with 21 more characters behind', ({ id }) => `${id}${'a'.repeat(21)}`],
  ['id-inside', 'its id inside a longer text', ({ id }) => `a%20${id}%20b`],
  ['path-two-segments', 'a path of two segments', (_, path) => path.split(':').slice(0, 4).join(':')],
  ['path-four-segments', 'its path with a fourth segment', (_, path) => `${path}:x`],
  ['path-newline', 'its path with a newline behind', (_, path) => `${path}%0A`],
  ['path-inside', 'its path inside a longer text', (_, path) => `x${path}`],
  ['upper-case-prefix', 'its id with the prefix in upper case', ({ id }) => id.replace('image_', 'IMAGE_')],
]

export const referenceCases = [
  ...references.map(({ id, what, sentence, of, isInDefaultWorkspace }) =>
    defineCase({
      id: `ids.reference.${id}`,
      title: `finds an image by ${what}`,
      sentence,
      tags: ['ids', 'core'],
      needs: isInDefaultWorkspace ? ['default-workspace'] : [],
      async run({ api, shared }) {
        const image = await shared.small()
        const path = (await api('GET', `/images/${image.id}`)).body?.resource_path
        for (const [method, suffix] of operations) {
          const answer = await api(method, `/images/${of(image, String(path))}${suffix}`)
          if (suffix === '') expectSame(expectShape(answer, 200, contract.getImage.response).id, image.id, 'the id')
          else expectSame(answer.status, 200, `the status of ${method} ${suffix}`)
        }
      },
    }),
  ),
  defineCase({
    id: 'ids.legacy.upload',
    title: 'takes the legacy prefix through the whole upload, and answers with the canonical one',
    sentence: sentences.legacyId,
    tags: ['ids', 'core'],
    async run({ api, images, bytes }) {
      const { id } = await images.create()
      const legacy = id.replace(/^image_/, 'vmi_')
      const part = await api('POST', `/images/${legacy}/parts`, { body: { part_id: 1 } })
      const { url } = expectShape(part, 200, contract.createPartUrl.response)
      await bytes.put(url, new Uint8Array(10))
      const sha256 = '01d448afd928065458cf670b60f5a594d735af0172c8d67f22a81680132681ca'
      const completed = await api('POST', `/images/${legacy}/complete`, { body: { sha256 } })
      expectSame(expectShape(completed, 200, contract.completeImage.response).id, id, 'the id of the answer')
    },
  }),
  defineCase({
    id: 'ids.legacy.list',
    title: 'takes the legacy prefix in the filter of a list',
    sentence: sentences.legacyId,
    tags: ['ids', 'listing'],
    async run({ api, shared }) {
      const { id } = await shared.small()
      const answer = await api('GET', `/images?id=${id.replace(/^image_/, 'vmi_')}`)
      const { data } = expectShape(answer, 200, contract.listImages.response)
      expectSame(
        data.map((image: { id: string }) => image.id),
        [id],
        'the ids of the list',
      )
    },
  }),
  defineCase({
    id: 'ids.canonical',
    title: 'writes image ids in the canonical form only',
    sentence: sentences.imageId,
    tags: ['ids', 'core'],
    async run({ api, server, uniqueName }) {
      const { body } = await api('POST', '/images', { body: { workspace: server.workspaceRef, name: uniqueName() } })
      expectThat(canonicalImageIdPattern.test(String(body?.id)), `the id must be image_…, not ${body?.id}`)
    },
  }),
  ...anchors.map(([id, what, of]) =>
    defineCase({
      id: `ids.anchored.${id}`,
      title: `does not find an image by ${what}`,
      sentence: sentences.anchored,
      tags: ['ids', 'core'],
      async run({ api, shared }) {
        const image = await shared.small()
        const path = (await api('GET', `/images/${image.id}`)).body?.resource_path
        // Malformed or not found: the contract says only that it does not match.
        expectError(await api('GET', `/images/${of(image, String(path))}`), [400, 404])
      },
    }),
  ),
  ...[
    ['percent', '%25', 400],
    ['leading-dash', '-x', 400],
    ['encoded-slash', 'a%2Fb', 400],
    ['null-byte', '%00', 400],
    ['unknown-id', 'image_conformance', 404],
    ['unknown-path', 'sfc:image:conformance-nobody:default:x', 404],
    ['unknown-name', 'conformance-none', 404],
  ].map(([id, text, status]) =>
    defineCase({
      id: `ids.refused.${id}`,
      title: `answers ${status} to the image reference ${text}`,
      sentence: status === 400 ? sentences.invalid : sentences.get,
      tags: ['ids', 'errors', 'core'],
      safety: 'read-only',
      async run({ api }) {
        expectError(await api('GET', `/images/${text}`), status as number)
      },
    }),
  ),
]
