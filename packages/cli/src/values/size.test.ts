import { describe, expect, it } from 'vitest'
import { parseSize } from './size.ts'

describe('parseSize', () => {
  it.each([
    ['67108864', 67108864],
    ['64MiB', 64 * 2 ** 20],
    ['64mib', 64 * 2 ** 20],
    ['64 MiB', 64 * 2 ** 20],
    ['64MB', 64e6],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['5GB', 5e9],
    ['1TiB', 2 ** 40],
    ['512B', 512],
    ['8KiB', 8192],
  ])('reads %s as %d bytes', (text, sizeBytes) => {
    expect(parseSize(text, '--part-size')).toBe(sizeBytes)
  })

  it.each([
    '',
    '0',
    '0MiB',
    '-1',
    '64M',
    '64q',
    'MiB',
    '1e9',
    '0x40',
    '1.5',
    '1.',
    '.5MiB',
    '64MiBs',
    '1,5GiB',
    ' 64MiB',
    '64MiB\n',
    '99999999TiB',
  ])('refuses %j and shows how to write it', (text) => {
    expect(() => parseSize(text, '--part-size')).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(
          `--part-size must be a size in whole bytes, more than 0, not ${JSON.stringify(text)}`,
        ),
        hint: 'write it as 64MiB, 64MB or 67108864',
        exitCode: 2,
      }),
    )
  })
})
