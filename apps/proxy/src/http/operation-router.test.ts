import { apiPrefixes, contract, fillPath, type OperationDefinition, type OperationName } from '@slipway/core'
import { expect, it } from 'vitest'
import { createOperationRouter } from './operation-router.ts'

const { match } = createOperationRouter()

it('finds every operation under every path that the contract gives it', () => {
  for (const name of Object.keys(contract) as OperationName[]) {
    const { method, path, isPrefixed, formerPath }: OperationDefinition = contract[name]
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, param = '']) => param)
    const params = Object.fromEntries(names.map((param) => [param, `a.${param}`]))
    const filled = fillPath(path, params)
    for (const served of isPrefixed ? apiPrefixes.map((prefix) => prefix + filled) : [filled, formerPath ?? filled]) {
      expect(match(method, served)).toEqual({ name, params })
    }
  }
})

it('answers HEAD where it answers GET', () => {
  expect(match('HEAD', '/v2/images')?.name).toBe('listImages')
  expect(match('HEAD', '/v2/images/a/complete')).toBeUndefined()
})

it.each([
  ['sfc:image:local:default:nightly', 'sfc:image:local:default:nightly'],
  ['sfc%3Aimage%3alocal%3Adefault%3Anightly', 'sfc:image:local:default:nightly'],
  ['a%2Fb', 'a/b'],
  ['100%', '100%'],
  ['%ff', '%ff'],
])('reads %s as %s', (sent, id) => {
  expect(match('GET', `/v2/images/${sent}`)).toEqual({ name: 'getImage', params: { id } })
})

it.each(['/v2/images/', '/v2//images', '/images', '/v2/images/a/b', '/v3/images', '', '*', '/v2/images/a/complete'])(
  'finds nothing to get at %s',
  (path) => {
    expect(match('GET', path)).toBeUndefined()
  },
)
