import { createHash } from 'node:crypto'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import type { ServeConfig } from '../../src/config-schema.ts'
import { createS3Client } from '../../src/storage/s3/s3-client.ts'
import { storageLocationSchema } from '../../src/storage/storage-url.ts'

/** Which storage the service suite runs on: `SLIPWAY_TEST_STORAGE=s3`, with the engine that `run-engines.ts` started. */
export const isOnS3 = process.env.SLIPWAY_TEST_STORAGE === 's3'

/** The axis of `SLIPWAY_TEST_STORAGE`: where the servers of this run have their bytes. */
export const testStorageName = isOnS3 ? 's3' : 'files'

/** Tests of parts that pass through the server; a run on an object store does not have them. */
export function onlyOnFiles(declare: () => void): void {
  if (!isOnS3) declare()
}

const bucket = 'slipway-test'
let isBucketMade = false

/** A prefix of its own for each data folder, so that a server that is started again finds its bytes. */
export async function testStorage(dataDir: string): Promise<Partial<ServeConfig>> {
  if (!isOnS3) return {}
  const prefix = createHash('sha256').update(dataDir).digest('hex').slice(0, 12)
  return { storageUrl: storageLocationSchema.parse(await testStorageUrl(prefix)) }
}

/** The address of a prefix on the started engine, as an operator would write it. */
export async function testStorageUrl(prefix: string): Promise<string> {
  const { SLIPWAY_TEST_S3_ENDPOINT: endpoint } = process.env
  if (endpoint === undefined)
    throw new Error('SLIPWAY_TEST_S3_ENDPOINT must name the S3 engine: pnpm test:engines sets it')
  const url = `s3://${bucket}/${prefix}?endpoint=${endpoint}`
  if (!isBucketMade) {
    const location = storageLocationSchema.parse(url)
    if (location.kind !== 's3') throw new Error('not an S3 address')
    const client = createS3Client(location)
    await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((error) => {
      if (!/BucketAlready/.test(error.name)) throw error
    })
    client.destroy()
    isBucketMade = true
  }
  return url
}
