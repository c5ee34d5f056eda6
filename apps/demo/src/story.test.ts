import { describe, expect, it } from 'vitest'
import { nameFrom, shellWord, tellNext, tellResult } from './story.ts'

const result = {
  sourcePath: '/images/my disk.img',
  isGenerated: false,
  sizeBytes: 1024 ** 3,
  uploadMs: 4000,
  downloadMs: 2000,
  sourceSha256: 'aa',
  downloadSha256: 'aa',
  proxyUrl: 'http://127.0.0.1:4000',
}

describe('the story', () => {
  it('says in figures what happened', () => {
    const text = tellResult(result)
    expect(text).toContain('It worked: 1.0 GiB went up, came down and are the same, byte for byte.')
    expect(text).toContain('upload      4.0 s, 256 MiB/s')
    expect(text).toContain('download    2.0 s, 512 MiB/s')
  })

  it('does not claim success for other bytes', () => {
    const text = tellResult({ ...result, downloadSha256: 'bb' })
    expect(text).toContain('It did not work')
    expect(text).not.toContain('It worked')
  })

  it("ends with a line to paste that names the user's file", () => {
    expect(tellNext(result)).toContain("exec slipway upload '/images/my disk.img' --name my-disk")
  })
})

describe('nameFrom', () => {
  it.each([
    ['/a/ubuntu-24.04.img', 'ubuntu-24.04'],
    ['my disk (1).qcow2', 'my-disk-1-'],
    ['.hidden', 'hidden'],
    ['☃.img', 'image'],
    [`${'x'.repeat(300)}.img`, 'x'.repeat(255)],
  ])('makes an image name of %s', (path, name) => {
    expect(nameFrom(path)).toBe(name)
  })
})

describe('shellWord', () => {
  it('quotes only what needs it', () => {
    expect(shellWord('/tmp/a.img')).toBe('/tmp/a.img')
    expect(shellWord("it's")).toBe("'it'\\''s'")
  })
})
