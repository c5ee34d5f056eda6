import { contract } from '@slipway/core'
import { defineCase } from '../case.ts'
import { expectError, expectSame, expectShape, expectStatus } from '../expectations.ts'
import { sentences } from '../sentences.ts'

const maxLength = 255

/** Legal names, made unique by what the run is called. */
const legal: readonly (readonly [id: string, what: string, nameOf: (unique: string) => string])[] = [
  ['punctuation', 'dots, underscores and dashes', (unique) => `${unique}._-a`],
  ['upper-case', 'upper case', (unique) => `A${unique}Z`],
  ['digit-first', 'a digit in front', (unique) => `0${unique}`],
  ['longest', '255 characters', (unique) => unique.padEnd(maxLength, 'x')],
]

const illegal: readonly (readonly [id: string, what: string, nameOf: (unique: string) => unknown])[] = [
  ['empty', 'an empty name', () => ''],
  ['too-long', 'a name of 256 characters', (unique) => unique.padEnd(maxLength + 1, 'x')],
  ['dash-first', 'a dash in front', (unique) => `-${unique}`],
  ['dot-first', 'a dot in front', (unique) => `.${unique}`],
  ['space', 'a space inside', (unique) => `${unique} x`],
  ['slash', 'a slash inside', (unique) => `${unique}/x`],
  ['colon', 'a colon inside', (unique) => `${unique}:x`],
  ['newline-last', 'a newline at the end', (unique) => `${unique}\n`],
  ['newline-first', 'a newline in front', (unique) => `\n${unique}`],
  ['accent', 'a letter beyond a to z', (unique) => `${unique}é`],
  ['number', 'a number', () => 7],
]

export const nameCases = [
  ...legal.map(([id, what, nameOf]) =>
    defineCase({
      id: `names.legal.${id}`,
      title: `takes a name with ${what}, and keeps it as it is`,
      sentence: sentences.name,
      tags: ['names'],
      async run({ api, server, uniqueName }) {
        const name = nameOf(uniqueName())
        const answer = await api('POST', '/images', { body: { workspace: server.workspaceRef, name } })
        expectSame(expectShape(answer, 201, contract.createImage.response).name, name, 'the name')
      },
    }),
  ),
  ...illegal.map(([id, what, nameOf]) =>
    defineCase({
      id: `names.illegal.${id}`,
      title: `answers 400 that names the field to ${what} for a name`,
      sentence: id.startsWith('newline') ? sentences.anchored : sentences.name,
      tags: ['names', 'errors'],
      async run({ api, server, uniqueName }) {
        const body = { workspace: server.workspaceRef, name: nameOf(uniqueName()) }
        expectError(await api('POST', '/images', { body }), 400, { field: 'name' })
      },
    }),
  ),
  defineCase({
    id: 'names.taken',
    title: 'answers 409 to a name that another image of the workspace has',
    sentence: sentences.nameTaken,
    tags: ['names', 'core', 'errors'],
    async run({ api, server, images }) {
      const { name } = await images.create()
      expectError(await api('POST', '/images', { body: { workspace: server.workspaceRef, name } }), 409)
    },
  }),
  defineCase({
    id: 'names.taken-completed',
    title: 'answers 409 to the name of a completed image as well',
    sentence: sentences.nameTaken,
    tags: ['names'],
    async run({ api, server, shared }) {
      const { name } = await shared.small()
      expectError(await api('POST', '/images', { body: { workspace: server.workspaceRef, name } }), 409)
    },
  }),
  defineCase({
    id: 'names.free-after-deletion',
    title: 'gives the name of a deleted image to another one',
    sentence: sentences.delete,
    tags: ['names', 'life-cycle', 'core'],
    async run({ api, server, images }) {
      const { name, id } = await images.deleted()
      const answer = await api('POST', '/images', { body: { workspace: server.workspaceRef, name } })
      expectStatus(answer, 201)
      expectSame(answer.body?.id === id, false, 'whether the new image has the old id')
    },
  }),
  defineCase({
    id: 'names.per-workspace',
    title: 'lets two workspaces have images of the same name',
    sentence: sentences.nameTaken,
    tags: ['names', 'workspaces', 'admin'],
    safety: 'destructive',
    needs: ['admin'],
    async run({ api, images, uniqueName }) {
      const { name } = await images.create()
      const { body } = await api('POST', '/workspaces', { body: { name: uniqueName() } })
      expectStatus(await api('POST', '/images', { body: { workspace: body?.id, name } }), 201)
    },
  }),
]
