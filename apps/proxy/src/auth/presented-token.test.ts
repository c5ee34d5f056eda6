import { expect, it } from 'vitest'
import { hashPresentedToken } from './presented-token.ts'
import { hashToken } from './tokens.ts'

const tokenOf = (letter: string) => `sk_live_${letter.repeat(43)}`
const first = tokenOf('A')
const second = tokenOf('B')

it.each([`Bearer ${first}`, `bearer ${first}`, `BEARER  ${first}  `])('hashes the token of %j', (authorization) => {
  expect(hashPresentedToken(authorization, {})).toBe(hashToken(first))
})

it('hashes what a connection says now, whatever it said before', () => {
  const connection = {}
  for (const token of [first, first, second, first]) {
    expect(hashPresentedToken(`Bearer ${token}`, connection)).toBe(hashToken(token))
  }
  expect(hashPresentedToken('Bearer nothing', connection)).toBeUndefined()
  expect(hashPresentedToken(`Bearer ${second}`, connection)).toBe(hashToken(second))
})

it('keeps apart what two connections say in turns', () => {
  const [one, other] = [{}, {}]
  for (const _ of [1, 2]) {
    expect(hashPresentedToken(`Bearer ${first}`, one)).toBe(hashToken(first))
    expect(hashPresentedToken(`Bearer ${second}`, other)).toBe(hashToken(second))
  }
})

it('reads a header of any length', () => {
  const connection = {}
  for (const token of [first, second]) {
    expect(hashPresentedToken(`Bearer ${' '.repeat(8000)}${token}`, connection)).toBe(hashToken(token))
  }
})

it.each(['', 'Bearer', 'Bearer ', `Basic ${first}`, first, `Bearer ${first}A`, 'Bearer sk_live_', `Bearer ${first} x`])(
  'finds no token in %j',
  (authorization) => {
    expect(hashPresentedToken(authorization, {})).toBeUndefined()
  },
)
