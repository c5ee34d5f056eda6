import fc from 'fast-check'
import { expect, test } from 'vitest'
import { imageId, imagePath, name } from '../test/arbitraries.ts'
import { fillPath } from './operation-path.ts'
import { formatImagePath } from './resource-path.ts'

test('a reference comes back out of the URL that it was filled into', () => {
  fc.assert(
    fc.property(fc.oneof(imageId, name, imagePath.map(formatImagePath)), (id) => {
      const { pathname } = new URL(`http://localhost/v2${fillPath('/images/{id}/parts', { id })}`)
      const [, , , segment, last, ...rest] = pathname.split('/')
      expect([decodeURIComponent(segment ?? ''), last, rest]).toEqual([id, 'parts', []])
    }),
  )
})

test('colons stay readable, everything else that could end the segment is encoded', () => {
  expect(fillPath('/images/{id}', { id: 'sfc:image:a:b:c' })).toBe('/images/sfc:image:a:b:c')
  expect(fillPath('/images/{id}', { id: 'a/b?c#d e%\n$&' })).toBe('/images/a%2Fb%3Fc%23d%20e%25%0A%24%26')
})

test('a path without places is left alone', () => {
  expect(fillPath('/images', {})).toBe('/images')
})

test.each([undefined, '', '.', '..', '\ud800'])('%j would make it another URL and is refused', (id) => {
  const fill = () => fillPath('/images/{id}', { id } as Record<string, string>)
  expect(fill).toThrow(/^id must be text that can stand in the path \/images\/\{id\}/)
})

test('an inherited property is not a value', () => {
  expect(() => fillPath('/images/{constructor}', {})).toThrow(/but it is missing$/)
})
