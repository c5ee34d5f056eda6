import { createClient, uploadImage } from '../src/index.ts'

/** One upload as a process of its own, to be killed: `node upload-child.ts URL FILE JOURNAL_DIRECTORY`. */
const [apiUrl = '', source = '', journalDirectory] = process.argv.slice(2)
const client = createClient({ apiUrl, token: 'sk_live_double' })
await uploadImage(client, {
  source,
  name: 'disk',
  partSizeBytes: 5 * 1024 * 1024,
  concurrency: 2,
  journalDirectory,
  onEvent(event) {
    if (event.type === 'part_confirmed') process.stdout.write(`${event.partNumber}\n`)
  },
})
await client.close()
