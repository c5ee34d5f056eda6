import { ConfigError } from '../../config-error.ts'
import type { StoredImage } from '../../metadata/images.ts'
import { markAssembled } from '../../metadata/object-digests.ts'
import { countUnverifiedImages } from '../../metadata/unverified-images.ts'
import { awaitDigest } from '../../verification/await-digest.ts'
import { createObjectHasher } from '../../verification/object-hasher.ts'
import { createVerifier } from '../../verification/verifier.ts'
import type { OpenStorageOptions } from '../open-storage.ts'
import type { Storage } from '../storage.ts'
import type { S3Location } from '../storage-url.ts'
import { finishCompletions } from './finish-completions.ts'
import { objectKeyOf } from './object-key.ts'
import { purgeObject } from './purge-object.ts'
import { createReadiness } from './readiness.ts'
import { createS3ImageBytes } from './s3-image-bytes.ts'
import { createS3ObjectStore } from './s3-object-store.ts'
import { sweepStorage } from './sweep-storage.ts'
import { isMisconfiguration, toStoreError } from './to-store-error.ts'

const dayMs = 86_400_000

/**
 * Bytes in an S3-compatible store. They go between client and store directly; this server signs, assembles, verifies and
 * purges.
 * @throws {ConfigError} when the store refuses the credentials or has no such bucket. A store that is merely down is waited for.
 */
export async function openS3Storage(options: OpenStorageOptions, location: S3Location): Promise<Storage> {
  const { db, log, now, config, metrics } = options
  const store = createS3ObjectStore(location)
  try {
    await store.check()
  } catch (thrown) {
    const error = toStoreError('start', thrown)
    if (isMisconfiguration(error)) {
      store.close()
      throw new ConfigError(`--storage-url: ${error.message}`)
    }
    log.warn({ err: error }, 'the object store cannot be used yet')
  }

  const hasher = createObjectHasher()
  const verified = metrics.addCounter('slipway_verified_images_total', 'Images that had the declared digest.')
  const wrong = metrics.addCounter('slipway_wrong_images_total', 'Images that had other bytes than declared.')
  const verifiedBytes = metrics.addCounter('slipway_verified_bytes_total', 'Bytes that were hashed to verify images.')
  metrics.addGauge('slipway_unverified_images', 'Completed images that wait to be verified.', () =>
    countUnverifiedImages(db),
  )
  const verifier = createVerifier({
    ...{ db, now, log },
    async hashImage(row, signal) {
      const sizeBytes = row.size_bytes ?? 0
      const presign = () => store.presignRead(objectKeyOf(location, row.id))
      const sha256 = await hasher.hash({ presign, sizeBytes, signal })
      verifiedBytes(sizeBytes)
      return sha256
    },
    onVerdict(verdict) {
      if (verdict === 'failed') wrong()
      if (verdict === 'verified') verified()
    },
  })
  const hashFirst = async ({ id }: Pick<StoredImage, 'id'>, sizeBytes: number, waitMs?: number) => {
    if (config.verify !== 'complete') return undefined
    await markAssembled(db, { id, sizeBytes })
    const isKnown = (row: StoredImage) => row.object_sha256 !== null
    const hashed = await awaitDigest({ db, imageId: id, isKnown, nudge: () => verifier.hurry(id), waitMs })
    return hashed.object_sha256 ?? undefined
  }
  const completed = (row: StoredImage) => {
    if (config.verify !== 'off' && row.is_sha256_verified === 0) verifier.nudge()
  }

  return {
    description: location.url,
    bytes: createS3ImageBytes({
      ...{ db, store, location, now, completed, hashFirst },
      quotaBytes: config.quotaBytes,
      abilities: { hasPartDigests: false, verifiesBeforeCompletion: config.verify === 'complete' },
      onDiscardFailure: (error) => log.warn({ err: error }, 'an unused upload stays until it is swept'),
    }),
    serveBytes: undefined,
    purge: (job, row) => purgeObject(job, { row, key: objectKeyOf(location, row.id), store }),
    jobs: [
      {
        name: 'finish-completions',
        async run(job) {
          const { quotaBytes } = config
          const count = await finishCompletions(job, {
            ...{ store, quotaBytes },
            // A round of maintenance waits for nobody: the next one finds the digest.
            hashFirst: (row, sizeBytes) => hashFirst(row, sizeBytes, 0),
            keyOf: (id) => objectKeyOf(location, id),
          })
          if (count > 0 && config.verify !== 'off') verifier.nudge()
          return count
        },
      },
      {
        name: 'sweep-storage',
        restMs: dayMs,
        run: (job) => sweepStorage(job, { store, location, graceMs: config.uploadExpiryMs }),
      },
    ],
    start() {
      if (config.verify !== 'off') verifier.start()
    },
    assertReady: createReadiness({ check: () => store.check(), now: () => performance.now() }),
    async close() {
      await verifier.stop()
      await hasher.close()
      store.close()
    },
  }
}
