import { describe, expect, it } from 'vitest'
import { completeWords } from './complete-words.ts'

const values = (...words: string[]) => {
  const offer = completeWords(words)
  return offer.kind === 'words' ? offer.candidates.map(({ value }) => value) : offer.kind
}

describe('completeWords', () => {
  it('offers commands, groups and short forms', () => {
    expect(values('')).toEqual(
      expect.arrayContaining(['images', 'workspaces', 'upload', 'ls', 'rm', 'doctor', 'login']),
    )
    expect(values('up')).toEqual(['upload'])
    expect(values('images', 're')).toEqual(['resume', 'revoke', 'reinstate'])
    expect(values('--verbose', 'images', 'rev')).toEqual(['revoke'])
    expect(values('--api-url', 'http://x', 'images', 'rev')).toEqual(['revoke'])
    expect(values('nowhere', '')).toEqual([])
  })

  it('offers the options of the command, and those of all', () => {
    expect(values('upload', '--if')).toEqual(['--if-exists'])
    expect(values('ls', '--')).toEqual(expect.arrayContaining(['--limit', '--json', '--profile']))
    expect(values('ls', '--if')).toEqual([])
  })

  it('offers the words of a choice, taken apart by bash or not', () => {
    expect(values('upload', '--if-exists', 'r')).toEqual(['resume', 'replace'])
    expect(values('upload', '--if-exists', '=', 'r')).toEqual(['resume', 'replace'])
    expect(values('upload', '--if-exists', '=')).toContain('fail')
    expect(values('upload', '--name', '')).toEqual([])
  })

  it('knows where files, images, workspaces and profiles stand', () => {
    expect(values('upload', '')).toBe('file')
    expect(values('upload', '--json', '--name', 'n', 'di')).toBe('file')
    expect(values('upload', 'disk.img', '')).toEqual([])
    expect(values('download', 'ub')).toBe('image')
    expect(values('download', 'ubuntu', '')).toBe('file')
    expect(values('images', 'get', '')).toBe('image')
    expect(values('ls', '--workspace', '')).toBe('workspace')
    expect(values('workspaces', 'delete', '')).toBe('workspace')
    expect(values('whoami', '--profile', '')).toBe('profile')
    expect(values('completion', 'z')).toEqual(['zsh'])
    expect(values('upload', '--', '-')).toBe('file')
  })
})
