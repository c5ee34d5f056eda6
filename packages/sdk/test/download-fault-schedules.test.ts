import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { downloadImage } from '../src/index.ts'
import { patientMs } from './fast-clock.ts'
import {
  kills,
  partSizeBytes,
  runWithKills,
  scheduleCount,
  schedules,
  useScheduleBench,
  withDouble,
} from './fault-schedules.ts'
import { patternOf } from './workbench.ts'

const bench = useScheduleBench()
const sizes = fc.integer({ min: 1, max: 5 * partSizeBytes })

test('a download that completes is byte for byte the image, and no confirmed range is fetched again', {
  timeout: 600_000,
}, async () => {
  const property = fc.asyncProperty(sizes, schedules, kills, async (sizeBytes, schedule, killsAfter) => {
    const bytes = patternOf(sizeBytes)
    const destination = join(bench.folder, 'disk')
    let confirmedBytes = 0
    await withDouble(schedule, {}, async ({ server, client }) => {
      server.addCompleted('disk', bytes)
      const failures = await runWithKills(killsAfter, (onEvent, signal) =>
        downloadImage(client, {
          ref: 'disk',
          destination,
          partSizeBytes,
          maxAttempts: 6,
          stallTimeoutMs: patientMs,
          signal,
          onEvent(event) {
            // A single range is the whole: part of it may be fetched again after a kill.
            if (event.type === 'planned' && sizeBytes > partSizeBytes) {
              expect(event.reusedBytes).toBeGreaterThanOrEqual(confirmedBytes)
            }
            if (event.type === 'progress') confirmedBytes = event.progress.confirmedBytes
            onEvent()
          },
        }),
      )
      expect((await readFile(destination)).equals(bytes), failures.map(String).join('\n')).toBe(true)
      expect(await readdir(bench.folder)).toEqual(['disk'])
    })
    await rm(destination)
  })
  await fc.assert(property, { numRuns: scheduleCount, seed: 20_260_102, endOnFailure: true })
})
