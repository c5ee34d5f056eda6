import { createClient, downloadImage } from '@slipway/sdk'

/** One verified download by the SDK: `node contender-download.js URL DESTINATION`. */
const [apiUrl = '', destination = ''] = process.argv.slice(2)
const client = createClient({ apiUrl, token: 'bench' })
await downloadImage(client, { ref: 'bench', destination, overwrite: true })
await client.close()
