import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ensureInstallation } from '../installation.ts'
import { openDatabase } from '../metadata/open.ts'
import type { Database } from '../metadata/schema.ts'
import { revokeTokens } from '../metadata/tokens.ts'
import { ensureAccount } from '../metadata/workspaces.ts'
import { createTokenReader } from './token-reader.ts'
import { createToken, hashToken } from './tokens.ts'

let directory: string
let db: Database
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-tokens-'))
  db = await openDatabase({ path: join(directory, 'slipway.db') })
  await ensureInstallation(db, { now: Date.now })
  await ensureAccount(db, 'local')
})
afterEach(async () => {
  await db.destroy()
  rmSync(directory, { recursive: true, force: true })
})

const newToken = () => createToken(db, { name: 'ci', role: 'reader', account: 'local', nowMs: 1 })
const revoke = (nameOrId: string) => revokeTokens(db, { nameOrId, nowMs: 2 })

it('reads a row once a second', async () => {
  let nowMs = 0
  const reader = createTokenReader({ db, now: () => nowMs })
  const { token, row } = await newToken()
  expect((await reader.find(hashToken(token)))?.revoked_at_ms).toBeNull()
  await revoke(row.id)
  nowMs = 999
  expect((await reader.find(hashToken(token)))?.revoked_at_ms).toBeNull()
  nowMs = 1000
  expect((await reader.find(hashToken(token)))?.revoked_at_ms).toBe(2)
})

it('reads a row anew when it changed here', async () => {
  const reader = createTokenReader({ db, now: () => 0 })
  const { token, row } = await newToken()
  await reader.find(hashToken(token))
  await revoke(row.id)
  reader.forget(row.id)
  expect((await reader.find(hashToken(token)))?.revoked_at_ms).toBe(2)
})

it('does not keep a row that was read while its token was revoked', async () => {
  const reader = createTokenReader({ db, now: () => 0 })
  const { token, row } = await newToken()
  const finding = reader.find(hashToken(token))
  await revoke(row.id)
  reader.forget(row.id)
  await finding
  expect((await reader.find(hashToken(token)))?.revoked_at_ms).toBe(2)
})

it('finds nothing by a token that does not exist', async () => {
  const reader = createTokenReader({ db, now: () => 0 })
  expect(await reader.find(hashToken(`sk_live_${'A'.repeat(43)}`))).toBeUndefined()
})
