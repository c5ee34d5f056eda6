import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { formatBytes, formatRate } from './bytes.ts'
import { formatDuration, formatEta } from './duration.ts'
import { formatRelativeTime } from './relative-time.ts'
import { safeText } from './safe-text.ts'
import { formatTable } from './table.ts'

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [99.9 * 1024, '99.9 KiB'],
    [999.6 * 1024, '1.0 MiB'],
    [512 * 2 ** 20, '512 MiB'],
    [128 * 2 ** 30, '128 GiB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  it('writes rates a second', () => {
    expect(formatRate(50 * 2 ** 20)).toBe('50.0 MiB/s')
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [59_600, '1 m 00 s'],
    [185_000, '3 m 05 s'],
    [7_620_000, '2 h 07 m'],
  ])('writes %d ms as %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text)
  })

  it('gives an estimate in whole seconds, never zero', () => {
    expect([formatEta(0), formatEta(1200), formatEta(65_000)]).toEqual(['1 s', '2 s', '1 m 05 s'])
  })
})

describe('formatRelativeTime', () => {
  const nowMs = Date.UTC(2026, 0, 31)
  it.each([
    [0, 'just now'],
    [-60_000, 'just now'],
    [59_000, '59 seconds ago'],
    [60_000, '1 minute ago'],
    [7_200_000, '2 hours ago'],
    [86_400_000, '1 day ago'],
    [40 * 86_400_000, '2025-12-22'],
    [-86_400_000, '2026-02-01'],
  ])('writes a time %d ms ago as %s', (agoMs, text) => {
    expect(formatRelativeTime(new Date(nowMs - agoMs), nowMs)).toBe(text)
  })
})

describe('safeText', () => {
  it('takes from text what could move the cursor or fake a line', () => {
    expect(safeText('a\u001b[2Jb\nc\u202ed')).toBe('a\uFFFD[2Jb c\uFFFDd')
  })
})

describe('formatTable', () => {
  const rows = [
    { id: 'image_aaaaaaaaaaaaaaaaaaaaa', name: 'a-rather-long-name-of-an-image', status: 'completed' },
    { id: 'image_b', name: '日本語の名前', status: 'started' },
  ]
  const columns = [
    { title: 'NAME', value: (row: (typeof rows)[number]) => row.name, canShrink: true },
    { title: 'STATUS', value: (row: (typeof rows)[number]) => row.status, dropOrder: 1 },
    { title: 'ID', value: (row: (typeof rows)[number]) => row.id },
  ]

  it('shows everything where there is room, columns aligned whatever the characters', () => {
    const lines = formatTable({ rows, columns, width: 120 })
    expect(lines).toEqual([
      'NAME                            STATUS     ID',
      'a-rather-long-name-of-an-image  completed  image_aaaaaaaaaaaaaaaaaaaaa',
      '日本語の名前                    started    image_b',
    ])
  })

  it('cuts names before it leaves out columns, and never cuts an id', () => {
    const lines = formatTable({ rows, columns, width: 60 })
    expect(lines[1]).toBe('a-rather-long-name-…  completed  image_aaaaaaaaaaaaaaaaaaaaa')
    expect(formatTable({ rows, columns, width: 59 })[1]).toBe(
      'a-rather-long-name-of-an-image  image_aaaaaaaaaaaaaaaaaaaaa',
    )
    expect(formatTable({ rows, columns, width: 40 })[1]).toBe('a-rather-l…  image_aaaaaaaaaaaaaaaaaaaaa')
  })

  it.each([120, 80, 60, 52, 45, 40])('fits %d columns', (width) => {
    for (const line of formatTable({ rows, columns, width })) expect(stringWidth(line)).toBeLessThanOrEqual(width)
  })
})
