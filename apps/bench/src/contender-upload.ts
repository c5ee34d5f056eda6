import { createClient, uploadImage } from '@slipway/sdk'

/** One upload by the SDK: `node contender-upload.js URL FILE [CONCURRENCY]`. */
const [apiUrl = '', source = '', concurrency] = process.argv.slice(2)
const client = createClient({ apiUrl, token: 'bench' })
await uploadImage(client, {
  source,
  name: 'bench',
  concurrency: concurrency === undefined ? undefined : Number(concurrency),
})
await client.close()
