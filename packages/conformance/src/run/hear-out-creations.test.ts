import { expect, it } from 'vitest'
import type { Answer } from '../http/answer.ts'
import { hearOutCreations } from './hear-out-creations.ts'

const created: Answer = { status: 201, headers: new Headers(), text: '', body: { id: 'a' }, request: 'POST /v2/images' }

function open() {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const controller = new AbortController()
  const pending = new Set<Promise<unknown>>()
  const asked: string[] = []
  const api = hearOutCreations({
    api: async (method, path) => {
      asked.push(`${method} ${path}`)
      return created
    },
    patientApi: async () => await promise,
    signal: controller.signal,
    pending,
  })
  return { api, pending, asked, controller, resolve, reject }
}

it('ends a creation with its case, and hears its answer out for whoever cleans up', async () => {
  const { api, pending, controller, resolve } = open()
  const asking = api('POST', '/images')
  controller.abort(new Error('stopped'))
  await expect(asking).rejects.toThrow('stopped')
  expect(pending.size).toBe(1)
  const [heard] = [...pending]
  resolve(created)
  expect(await heard).toBe(created)
  expect(pending.size).toBe(0)
})

it('remembers a creation that never got an answer', async () => {
  const { api, pending, reject } = open()
  const asking = api('POST', '/workspaces')
  reject(new Error('reset'))
  await expect(asking).rejects.toThrow('reset')
  expect(pending.size).toBe(1)
})

it('leaves every other request to its case', async () => {
  const { api, pending, asked } = open()
  await api('POST', '/images/a/complete')
  await api('GET', '/images')
  expect({ asked, pending: pending.size }).toEqual({ asked: ['POST /images/a/complete', 'GET /images'], pending: 0 })
})

it('begins no creation when the run was stopped already', async () => {
  const { api, pending, controller } = open()
  controller.abort(new Error('stopped'))
  await expect(api('POST', '/images')).rejects.toThrow('stopped')
  expect(pending.size).toBe(0)
})
