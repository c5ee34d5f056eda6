/** Equal buffers, used again: a 128 GiB upload allocates as many as it has parts in flight at once, twice. */
export interface BufferPool {
  readonly bufferSizeBytes: number
  acquire(): Buffer
  giveBack(buffer: Buffer): void
}

export function createBufferPool(bufferSizeBytes: number): BufferPool {
  const free: Buffer[] = []
  return {
    bufferSizeBytes,
    acquire: () => free.pop() ?? Buffer.allocUnsafeSlow(bufferSizeBytes),
    giveBack(buffer) {
      free.push(buffer)
    },
  }
}
