import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createJournal, openJournal, readJournal } from './journal.ts'

interface Header {
  readonly kind: 'test'
}
interface Event {
  readonly n: number
}
const form = {
  isHeader: (header: unknown): header is Header => (header as Header | null)?.kind === 'test',
  isEvent: (event: unknown): event is Event => typeof (event as Event | null)?.n === 'number',
}

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-sdk-'))
  path = join(folder, 'deep', 'journal.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

async function write(...numbers: number[]): Promise<void> {
  const journal = await createJournal(path, { kind: 'test' })
  await Promise.all(numbers.map((n) => journal.append({ n })))
  await journal.close()
}

test('reads back what was appended, in order', async () => {
  await write(1, 2, 3)
  expect(await readJournal(path, form)).toEqual({ header: { kind: 'test' }, events: [{ n: 1 }, { n: 2 }, { n: 3 }] })
})

test('is its owner’s alone, in a folder that is too, and leaves no other file', async () => {
  await write(1)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await stat(join(folder, 'deep'))).mode & 0o777).toBe(0o700)
  expect(await readdir(join(folder, 'deep'))).toEqual(['journal.jsonl'])
})

test('one that is not there is no journal', async () => {
  expect(await readJournal(path, form)).toBeUndefined()
})

test('a last line cut short at any byte is as if it had not been written, and is cut off before going on', async () => {
  await write(1, 2)
  const whole = await readFile(path)
  const lastLineLength = '{"n":2}\n'.length
  for (let missing = 1; missing <= lastLineLength; missing++) {
    await writeFile(path, whole.subarray(0, whole.length - missing))
    expect(await readJournal(path, form)).toMatchObject({ events: [{ n: 1 }] })
    const journal = await openJournal(path)
    await journal.append({ n: 9 })
    await journal.close()
    expect(await readJournal(path, form)).toMatchObject({ events: [{ n: 1 }, { n: 9 }] })
  }
})

test.each([
  ['empty', ''],
  ['without a whole header', '{"kind":"te'],
  ['of another kind', '{"kind":"other"}\n'],
  ['not JSON', 'hello\n'],
  ['with a line in the middle that is not JSON', '{"kind":"test"}\n{"n":\n{"n":2}\n'],
  ['with an event of another form', '{"kind":"test"}\n{"m":1}\n'],
  ['with a line that is null', '{"kind":"test"}\nnull\n'],
])('a journal that is %s is set aside as it is, not erased', async (_, text) => {
  await write()
  await writeFile(path, text)
  const record = await readJournal(path, form)
  expect(record).toEqual({ damaged: expect.stringContaining(`${path}.damaged-`) })
  const { damaged } = record as { damaged: string }
  expect(await readFile(damaged, 'utf8')).toBe(text)
  expect(await readJournal(path, form)).toBeUndefined()
})

test('a new one takes the place of an old one at once', async () => {
  await write(1)
  await appendFile(`${path}.new`, 'left by a crash')
  await write(2)
  expect(await readJournal(path, form)).toMatchObject({ events: [{ n: 2 }] })
  expect(await readdir(join(folder, 'deep'))).toEqual(['journal.jsonl'])
})

test('once a line could not be written, none is written after it', async () => {
  const journal = await createJournal(path, { kind: 'test' })
  await journal.append({ n: 1 })
  await journal.close()
  await expect(journal.append({ n: 2 })).rejects.toThrow()
  await expect(journal.append({ n: 3 })).rejects.toThrow()
  expect(await readJournal(path, form)).toMatchObject({ events: [{ n: 1 }] })
})
