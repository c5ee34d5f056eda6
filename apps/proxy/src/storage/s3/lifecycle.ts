import {
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3'
import type { S3Location } from '../storage-url.ts'
import { objectPrefixOf } from './object-key.ts'
import { createS3Client, withinTime } from './s3-client.ts'
import { StoreError } from './store-error.ts'

const ruleId = 'slipway-abandoned-uploads'

/** Makes the store itself abort uploads that nobody completed: a net below the server's own expiry and sweep. */
export function abandonedUploadsRule(location: S3Location, { days }: { days: number }): LifecycleRule {
  return {
    ID: ruleId,
    Status: 'Enabled',
    Filter: { Prefix: objectPrefixOf(location) },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: days },
  }
}

/** Puts the rule beside those that the bucket has, in place of an earlier one of its name. @throws {StoreError} */
export async function applyLifecycleRule(location: S3Location, rule: LifecycleRule): Promise<void> {
  const client = createS3Client(location)
  try {
    const { bucket } = location
    const rules = await withinTime('GetBucketLifecycleConfiguration', async (abortSignal) => {
      const command = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket })
      return (await client.send(command, { abortSignal })).Rules ?? []
    }).catch((error) => {
      if (error instanceof StoreError && error.code === 'NoSuchLifecycleConfiguration') return []
      throw error
    })
    const Rules = [...rules.filter(({ ID }) => ID !== rule.ID), rule]
    await withinTime('PutBucketLifecycleConfiguration', (abortSignal) =>
      client.send(new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration: { Rules } }), {
        abortSignal,
      }),
    )
  } finally {
    client.destroy()
  }
}
