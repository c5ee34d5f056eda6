import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { uploadImage } from '../src/index.ts'
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
let uploadCount = 0

/** Every way in which a server and a journal together can prove what was confirmed. */
const circumstances = fc.constantFrom(
  { hasPartList: true, hasPartDigests: true, hasJournal: false },
  { hasPartList: true, hasPartDigests: true, hasJournal: true, hasIdempotencyKeys: true },
  { hasPartList: true, hasPartDigests: false, hasJournal: true },
  { hasPartList: false, hasPartDigests: false, hasJournal: true },
)

const sizes = fc.integer({ min: 1, max: 5 * partSizeBytes })

test('an upload that completes is byte for byte the file, and no confirmed part is sent again', {
  timeout: 600_000,
}, async () => {
  const property = fc.asyncProperty(
    sizes,
    schedules,
    kills,
    circumstances,
    async (sizeBytes, schedule, killsAfter, { hasJournal, ...server }) => {
      const bytes = patternOf(sizeBytes)
      const source = join(bench.folder, 'disk.img')
      await writeFile(source, bytes)
      const journalDirectory = hasJournal ? join(bench.folder, `journal-${++uploadCount}`) : undefined
      const confirmed = new Set<number>()
      await withDouble(schedule, server, async ({ server, client }) => {
        const failures = await runWithKills(killsAfter, (onEvent, signal) =>
          uploadImage(client, {
            source,
            name: 'disk',
            partSizeBytes,
            journalDirectory,
            maxAttempts: 6,
            stallTimeoutMs: patientMs,
            signal,
            onEvent(event) {
              if (event.type === 'part_started') expect(confirmed).not.toContain(event.partNumber)
              if (event.type === 'part_confirmed') confirmed.add(event.partNumber)
              onEvent()
            },
          }),
        )
        const [image] = [...server.images.values()]
        expect(image?.status, failures.map(String).join('\n')).toBe('completed')
        expect(image && server.bytesOf(image).equals(bytes)).toBe(true)
        expect(server.images.size).toBe(1)
      })
    },
  )
  await fc.assert(property, { numRuns: scheduleCount, seed: 20_260_101, endOnFailure: true })
})
