import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { conformanceCases, runConformance, safeties, tags } from '../src/index.ts'
import { selectCases, UnknownSelectionError } from '../src/run/select-cases.ts'
import { sentences } from '../src/sentences.ts'
import { mutants } from './mutants/mutants.ts'
import { startReferenceServer } from './reference-server/start-reference-server.ts'

it('has an id for each case, of its own and in the form area.what', () => {
  const ids = conformanceCases.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^[a-z-]+(?:\.[A-Za-z0-9-]+)+$/)
})

it('quotes every sentence of the contract in a case, and nothing else', () => {
  const quoted = new Set<string>(conformanceCases.map(({ sentence }) => sentence))
  expect(quoted).toEqual(new Set<string>(Object.values(sentences)))
})

it('has cases for every tag, and a title that fits its place', () => {
  const used = new Set(conformanceCases.flatMap((each) => each.tags))
  expect(used).toEqual(new Set(tags))
  for (const { id, title } of conformanceCases) expect(title, id).toMatch(/^[a-z]/)
})

it('selects by tags and ids, and refuses what is neither', () => {
  const ids = (only: string[]) => selectCases(conformanceCases, only).map(({ id }) => id)
  expect(ids(['races'])).toHaveLength(conformanceCases.filter((each) => each.tags.includes('races')).length)
  expect(ids(['create.status', 'complete.gap'])).toEqual(['create.status', 'complete.gap'])
  expect(ids([])).toHaveLength(conformanceCases.length)
  expect(() => ids(['create'])).toThrow(UnknownSelectionError)
})

it('deletes what it created also when cases fail', async () => {
  const server = await startReferenceServer({ fault: 'weak-etag' })
  try {
    const report = await runConformance({ ...server, only: ['ranges', 'listing'] })
    expect(report.results.some(({ outcome }) => outcome === 'failed')).toBe(true)
    expect(server.remaining()).toEqual({ images: 0, workspaces: 2 })
    expect(report.cleanup).toMatchObject({ leftBehind: [] })
  } finally {
    await server.stop()
  }
})

it('gives the default image back to the one that was it', async () => {
  const server = await startReferenceServer()
  const post = async (path: string, body = {}) => {
    const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' }
    const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await response.json()) as { id: string; url: string; is_default: boolean }
  }
  try {
    const { id } = await post('/v2/images', { workspace: 'sfc:workspace:first:default', name: 'boots-by-default' })
    await fetch((await post(`/v2/images/${id}/parts`, { part_id: 1 })).url, { method: 'PUT', body: 'x' })
    await post(`/v2/images/${id}/complete`, {
      sha256: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
    })
    await post(`/v2/admin/images/${id}/publish`)
    await post(`/v2/admin/images/${id}/set-default`)
    const report = await runConformance({ ...server, only: ['set-default.swap'], safety: 'destructive' })
    expect(report.results).toMatchObject([{ outcome: 'passed' }])
    expect(report.cleanup.leftBehind).toEqual([])
    expect(server.remaining().images).toBe(1)
  } finally {
    await server.stop()
  }
})

it('has as many cases and broken servers as its page says', async () => {
  const page = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  let count = 0
  for (const safety of safeties) {
    count += conformanceCases.filter((each) => each.safety === safety).length
    expect(page).toMatch(new RegExp(`\\| \`${safety}\` .+ \\| ${count} +\\|`))
  }
  expect(page).toContain(`${conformanceCases.length} named cases`)
  expect(page).toContain(`${Object.keys(mutants).length} servers with one fault each`)
})

it('fits a server that has no additions and whose bytes are elsewhere', async () => {
  const server = await startReferenceServer()
  const storage = 'http://storage.invalid'
  const asked = new Set<string>()
  try {
    const report = await runConformance({
      ...server,
      only: ['ranges', 'additions', 'parts'],
      async fetch(input, init) {
        const url = String(input)
        asked.add(new URL(url).origin)
        if (url.endsWith('/capabilities')) return new Response('not found', { status: 404 })
        const response = await fetch(url.replace(storage, server.url), init)
        if (!/\/(?:download|parts)$/.test(new URL(url).pathname)) return response
        return new Response((await response.text()).replaceAll(server.url, storage), response)
      },
    })
    expect(asked).toEqual(new Set([server.url, storage]))
    expect(report.results.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    const reasons = new Set(report.results.flatMap((result) => (result.outcome === 'not-run' ? [result.reason] : [])))
    expect(reasons).toContain('the server announces no capabilities')
    expect(reasons).toContain('the server does not announce verifies_sha256')
    expect(reasons).toContain('bytes are served by a storage of its own, whose URLs are signed for GET alone')
  } finally {
    await server.stop()
  }
})
