import { afterAll } from 'vitest'
import { describeConformance } from '../src/vitest.ts'
import { type ReferenceServer, startReferenceServer } from './reference-server/start-reference-server.ts'

let server: ReferenceServer | undefined
afterAll(() => server?.stop())

describeConformance('a server that vitest started', {
  only: ['races', 'names'],
  async connect() {
    server = await startReferenceServer()
    return { ...server, safety: 'destructive' }
  },
})
