import { setFlagsFromString } from 'node:v8'

/**
 * Tells V8 what kind of process this is: a small heap, beside which bytes pass through buffers outside of it. For the
 * process that serves; a library must not decide this for its host.
 */
export function boundHeap(): void {
  // The young generation stays at its initial size: collections are frequent and short, and memory that was touched once
  // is not kept for ever.
  setFlagsFromString('--semi-space-growth-factor=1')
  // By default the old generation may double, and more, before it is looked at: garbage of small requests would take
  // hundreds of MiB on a machine that has them.
  setFlagsFromString('--heap-growing-percent=30')
  // Four threads that help to collect a heap this small cost more in waking up than they save, and take the processor
  // from hashing and writing: with the young collector of the blob store it is twice the ingest.
  setFlagsFromString('--no-parallel-scavenge')
  setFlagsFromString('--no-concurrent-marking')
}
