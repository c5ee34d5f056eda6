/** Lends buffers for moving bytes, so that memory stays bounded and the collector idle. */
export interface BufferPool {
  acquire(): Buffer
  release(buffer: Buffer): void
  /** Gives up a buffer that something may still read from: its place is free again, its memory is not lent again. */
  forfeit(buffer: Buffer): void
}

/** Fewer, larger writes: measured to be worth a third of the throughput over the socket's own 64 KiB chunks. */
const bufferSizeBytes = 1024 * 1024
/** Eight transfers at a time, two buffers each, keep any machine's loopback busy. */
const maxLentBuffers = 16
const smallBufferSizeBytes = 64 * 1024
/** 8 MiB kept for the next crowd. */
const maxFreeSmallBuffers = 128

/** At most 16 MiB in large buffers. Whoever comes when all are lent works on with small ones rather than wait. */
export function createBufferPool(): BufferPool {
  const free: Buffer[] = []
  const freeSmall: Buffer[] = []
  let lentCount = 0
  return {
    acquire() {
      if (lentCount >= maxLentBuffers) return freeSmall.pop() ?? Buffer.allocUnsafeSlow(smallBufferSizeBytes)
      lentCount++
      return free.pop() ?? Buffer.allocUnsafeSlow(bufferSizeBytes)
    },
    release(buffer) {
      if (buffer.length === bufferSizeBytes) {
        lentCount--
        free.push(buffer)
      } else if (freeSmall.length < maxFreeSmallBuffers) {
        freeSmall.push(buffer)
      }
    },
    forfeit(buffer) {
      if (buffer.length === bufferSizeBytes) lentCount--
    },
  }
}
