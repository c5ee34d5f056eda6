import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { createHighWaterMark } from './high-water-mark.ts'
import { renderPlainProgress, renderProgress } from './render-progress.ts'

const MiB = 2 ** 20
const snapshot = {
  totalBytes: 1024 * MiB,
  confirmedBytes: 512 * MiB,
  sentBytes: 640 * MiB,
  hashedBytes: 640 * MiB,
  reusedBytes: 0,
  partsInFlight: 4,
  concurrency: 4,
  retryCount: 2,
  bytesPerSecond: 100 * MiB,
  etaMs: 5_000,
  elapsedMs: 5_000,
}
const paint = (_style: unknown, text: string) => text

describe('the high-water mark', () => {
  it('never lets an amount fall', () => {
    const mark = createHighWaterMark()
    mark(snapshot)
    const shown = mark({ ...snapshot, confirmedBytes: 256 * MiB, sentBytes: 256 * MiB, retryCount: 0 })
    expect(shown).toMatchObject({ confirmedBytes: 512 * MiB, fraction: 0.5, sentFraction: 0.625, retryCount: 2 })
  })

  it('never shows more than the whole', () => {
    const shown = createHighWaterMark()({ ...snapshot, confirmedBytes: 2048 * MiB, sentBytes: 4096 * MiB })
    expect(shown).toMatchObject({ fraction: 1, sentFraction: 1 })
  })
})

describe('the live view', () => {
  const view = (columns: number, changes: Partial<typeof snapshot> = {}) =>
    renderProgress({
      progress: createHighWaterMark()({ ...snapshot, ...changes }),
      label: 'Uploading',
      pieceName: 'part',
      columns,
      paint,
    })

  it('shows what is confirmed, what is under way and every figure at 80 columns', () => {
    expect(view(80)).toEqual([
      `Uploading ${'█'.repeat(20)}${'▒'.repeat(5)}${'░'.repeat(15)}  50%`,
      '512 MiB of 1.0 GiB · 100 MiB/s · 5 s left · 2 retries · 4 parts in flight',
    ])
  })

  it('keeps the most useful figures at 40 columns', () => {
    expect(view(40)).toEqual([
      `Uploading ${'█'.repeat(12)}${'▒'.repeat(3)}${'░'.repeat(9)}  50%`,
      '512 MiB/1.0 GiB  100 MiB/s  5 s left',
    ])
  })

  it.each([10, 15, 20, 25, 30, 40, 60, 80, 200])('never wraps at %d columns', (columns) => {
    for (const line of view(columns)) expect(stringWidth(line)).toBeLessThan(columns)
  })

  it('says how far hashing is where it is what one waits for', () => {
    expect(view(80, { hashedBytes: 100 * MiB })[1]).toContain(' · hashed 100 MiB')
    expect(view(80, { hashedBytes: 400 * MiB })[1]).not.toContain('hashed')
  })

  it('shows a stream, whose end is not in sight, without a bar', () => {
    const progress = createHighWaterMark()({ ...snapshot, totalBytes: undefined, etaMs: 0 })
    const lines = renderProgress({ progress, label: 'Uploading', pieceName: 'part', columns: 60, paint })
    expect(lines[0]).toBe('Uploading')
    expect(lines[1]).toContain('512 MiB · 100 MiB/s')
    expect(renderPlainProgress({ progress, label: 'Uploading', pieceName: 'part' })).toMatch(/^Uploading: 512 MiB, /)
  })

  it('says 100% of nothing but the whole', () => {
    expect(view(80, { confirmedBytes: snapshot.totalBytes - 1 })[0]).toContain(' 99%')
    expect(view(80, { confirmedBytes: snapshot.totalBytes })[0]).toContain(' 100%')
  })
})

describe('the plain view', () => {
  it('is one line with every figure', () => {
    const progress = createHighWaterMark()(snapshot)
    expect(renderPlainProgress({ progress, label: 'Uploading', pieceName: 'part' })).toBe(
      'Uploading: 50%, 512 MiB of 1.0 GiB, 100 MiB/s, 5 s left, 2 retries, 4 parts in flight',
    )
  })
})
