import { boundYoungHeap, createYoungCollector } from './bound-young-heap.ts'
import { main } from './main.ts'

/** The whole process: what both `bin/slipway.js` and the single-file binary do. */
export async function run(): Promise<void> {
  boundYoungHeap()
  process.exitCode = await main(process.argv.slice(2), { onReceived: createYoungCollector() })
}
