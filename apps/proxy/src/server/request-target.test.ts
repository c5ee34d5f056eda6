import { expect, it } from 'vitest'
import { originFormOf, pathOf } from './request-target.ts'

it.each([
  ['/v2/images?limit=1', '/v2/images?limit=1', '/v2/images'],
  ['http://proxy.example/v2/images?limit=1', '/v2/images?limit=1', '/v2/images'],
  ['HTTPS://proxy.example:8080/bytes/x', '/bytes/x', '/bytes/x'],
  ['http://a:b:c/bytes/x', '/bytes/x', '/bytes/x'],
  ['http://a:99999/bytes/x', '/bytes/x', '/bytes/x'],
  ['http://proxy.example', '/', '/'],
  ['http://proxy.example?x=/bytes/y', '/?x=/bytes/y', '/'],
  ['http:///bytes/x', '/bytes/x', '/bytes/x'],
  ['//a/bytes/x', '//a/bytes/x', '//a/bytes/x'],
  ['*', '*', '*'],
  [undefined, '/', '/'],
])('reads %s', (target, originForm, path) => {
  expect(originFormOf(target)).toBe(originForm)
  expect(pathOf(originFormOf(target))).toBe(path)
})
