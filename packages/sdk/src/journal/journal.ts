import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * A local resume record: one line of JSON that says what it is about, then one line an event. A line is written and
 * synced before anything relies on it; a last line cut short by a crash is as if it had not been written. It holds no URL
 * and no token, and only its owner can read it.
 */
export interface Journal {
  /** Resolves once the event is on disk. */
  append(event: object): Promise<void>
  close(): Promise<void>
  /** What it recorded is over: the file goes. */
  remove(): Promise<void>
}

export interface JournalRecord<Header, Event> {
  readonly header: Header
  readonly events: readonly Event[]
}

/** Tells lines of the expected kind and version. */
export interface JournalForm<Header, Event> {
  readonly isHeader: (header: unknown) => header is Header
  readonly isEvent: (event: unknown) => event is Event
}

/** @returns undefined when there is none, `damaged` when it cannot be read: then it was set aside under that name */
export async function readJournal<Header, Event>(
  path: string,
  form: JournalForm<Header, Event>,
): Promise<JournalRecord<Header, Event> | { readonly damaged: string } | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const record = parseRecord(text, form)
  if (record) return record
  const damaged = `${path}.damaged-${randomUUID().slice(0, 8)}`
  await rename(path, damaged)
  return { damaged }
}

/** Starts a journal in place of any earlier one: written beside it, synced, then renamed. */
export async function createJournal(path: string, header: object): Promise<Journal> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.new`
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.appendFile(`${JSON.stringify(header)}\n`)
    await handle.datasync()
    await rename(temporary, path)
    await syncDirectory(dirname(path))
  } catch (error) {
    await handle.close()
    throw error
  }
  return appendTo(path, handle)
}

/** Goes on with a journal that {@link readJournal} could read. A last line cut short is cut off. */
export async function openJournal(path: string): Promise<Journal> {
  const text = await readFile(path)
  const handle = await open(path, 'a', 0o600)
  try {
    await handle.truncate(text.lastIndexOf(0x0a) + 1)
  } catch (error) {
    await handle.close()
    throw error
  }
  return appendTo(path, handle)
}

function appendTo(path: string, handle: FileHandle): Journal {
  let last: Promise<void> = Promise.resolve()

  async function write(event: object): Promise<void> {
    await handle.appendFile(`${JSON.stringify(event)}\n`)
    await handle.datasync()
  }

  return {
    append(event) {
      last = last.then(() => write(event))
      return last
    },
    async close() {
      await last.catch(() => undefined)
      await handle.close()
    },
    async remove() {
      await rm(path, { force: true })
    },
  }
}

/** Every line must be whole and of the form, but for what follows the last line feed. @returns undefined when one is not */
function parseRecord<Header, Event>(
  text: string,
  { isHeader, isEvent }: JournalForm<Header, Event>,
): JournalRecord<Header, Event> | undefined {
  try {
    const lines = text.split('\n').slice(0, -1)
    const [header, ...events] = lines.map((line): unknown => JSON.parse(line))
    return isHeader(header) && events.every(isEvent) ? { header, events: events as Event[] } : undefined
  } catch {
    return undefined
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
