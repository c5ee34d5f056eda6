/** A part's bytes while they arrive. */
export interface ByteSource {
  /**
   * Fills two buffers in turn, and hands over each one that is full, the last one as full as it gets.
   * @returns once everything was delivered. After a failure nobody writes into the buffers any more, no delivery is under
   *   way, and the source is neither destroyed nor read on: when it is a request, its connection still has to carry the answer
   * @throws {Error} whatever `deliver` threw, or `ECONNRESET` when the bytes end too early
   */
  drain(options: DrainOptions): Promise<void>
}

export interface DrainOptions {
  readonly buffers: readonly [Buffer, Buffer]
  /** Gets the bytes in order, one call at a time. Their buffer is filled again once it resolved. */
  readonly deliver: (bytes: Buffer) => Promise<void>
}

export function endedTooEarly(): Error {
  return Object.assign(new Error('the source ended too early'), { code: 'ECONNRESET' })
}
