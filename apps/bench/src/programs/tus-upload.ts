import { createReadStream } from 'node:fs'
import { Upload } from 'tus-js-client'

/** The protocol's own client: `node tus-upload.js URL FILE`. */
const [endpoint = '', file = ''] = process.argv.slice(2)
await new Promise<void>((resolve, reject) => {
  // A stream without `chunkSize` goes as one PATCH request, which is what its documentation recommends.
  const upload = new Upload(createReadStream(file), { endpoint, onSuccess: () => resolve(), onError: reject })
  upload.start()
})
