import { setFlagsFromString } from 'node:v8'

/**
 * Tells V8 what kind of process this is: a small heap, beside which bytes pass through buffers outside of it. For the
 * process that serves; a library must not decide this for its host.
 */
export function boundHeap(): void {
  // The young generation stays at its initial size: collections are short, and memory that was touched once is not kept for
  // ever. V8's own initial size has one collection every thirty small requests, a sixth of their time.
  setFlagsFromString('--min-semi-space-size=4')
  setFlagsFromString('--semi-space-growth-factor=1')
  // By default the old generation may grow fourfold before it is looked at, to hundreds of MiB of dead requests. Much less
  // than this, and every few MiB of arriving buffers would have the whole heap marked: half of the ingest.
  setFlagsFromString('--heap-growing-percent=150')
  // Four threads that help to collect a heap this small cost more in waking up than they save, and take the processor
  // from hashing and writing: with the young collector of the blob store it is twice the ingest.
  setFlagsFromString('--no-parallel-scavenge')
  setFlagsFromString('--no-concurrent-marking')
}
