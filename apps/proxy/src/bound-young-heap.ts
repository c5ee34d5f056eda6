import { setFlagsFromString } from 'node:v8'

/**
 * Every 64 KiB that arrive on a socket are a buffer outside the heap, held by a tiny object inside it. V8 counts the tiny
 * objects: with the young generation at its usual 16 MiB a busy server carries 100 MiB of dead buffers before it looks.
 * Kept at its initial size, collections are frequent, short, and the server's memory stays bounded.
 */
export function boundYoungHeap(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
