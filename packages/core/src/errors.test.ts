import { expect, test } from 'vitest'
import { contract, type OperationDefinition } from './contract.ts'
import { errorCodes, errorStatuses, errorTypeOf } from './errors.ts'

test('each documented type goes with one status, and the status leads back to the type', () => {
  for (const [type, status] of Object.entries(errorStatuses)) expect(errorTypeOf(status)).toBe(type)
})

test.each([
  [429, 'service_unavailable'],
  [507, 'service_unavailable'],
  [502, 'service_unavailable'],
  [504, 'service_unavailable'],
  [405, 'invalid_request_error'],
  [411, 'invalid_request_error'],
  [413, 'invalid_request_error'],
  [415, 'invalid_request_error'],
  [416, 'invalid_request_error'],
  [418, 'invalid_request_error'],
  [599, 'api_error'],
])('status %i, which the table does not list, is of type %s', (status, type) => {
  expect(errorTypeOf(status)).toBe(type)
})

test('codes are stable identifiers, and the status of each is an error', () => {
  for (const [code, status] of Object.entries(errorCodes)) {
    expect(code).toMatch(/^[a-z]+(?:_[a-z]+)*$/)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
  }
})

test('every status that an operation documents has a type of its own', () => {
  for (const { errors } of Object.values<OperationDefinition>(contract)) {
    for (const status of errors) expect(Object.values(errorStatuses)).toContain(status)
  }
})
