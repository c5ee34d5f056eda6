import { expect, it } from 'vitest'
import { migrations } from './migrate.ts'

it('says of every migration since the third whether versions that do not know it can go on', () => {
  const names = Object.keys(migrations)
  expect(names).toEqual([...names].sort())
  for (const name of names.slice(2)) expect(name).toMatch(/^\d{4}-(expand|contract)-[a-z0-9-]+$/)
})
