/** The beginning of a stream, and the whole of it: what was looked at first, then the rest. */
export interface PeekedStream {
  readonly head: Buffer
  readonly chunks: AsyncIterable<Buffer>
}

/** Reads ahead until `headBytes` are there, or all there is. */
export async function peekStream(source: AsyncIterable<Buffer>, headBytes: number): Promise<PeekedStream> {
  const iterator = source[Symbol.asyncIterator]()
  const ahead: Buffer[] = []
  let length = 0
  while (length < headBytes) {
    const { done, value } = await iterator.next()
    if (done) break
    ahead.push(value)
    length += value.length
  }
  async function* whole(): AsyncGenerator<Buffer> {
    try {
      yield* ahead.splice(0)
      for (;;) {
        const { done, value } = await iterator.next()
        if (done) return
        yield value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { head: Buffer.concat(ahead).subarray(0, headBytes), chunks: whole() }
}
