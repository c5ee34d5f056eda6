import type { DrainOptions } from './byte-source.ts'

/** Two buffers: one fills while the other is delivered. */
export interface DoubleBuffer {
  /** Where the next bytes belong: empty while `isFull`. */
  room(): Buffer
  isFull(): boolean
  /** Takes note of so many bytes that were written to the start of `room()`. */
  filled(sizeBytes: number): void
  /** Copies as much as there is room for. @returns the rest */
  put(bytes: Buffer): Buffer
  /** There are no more bytes. */
  end(): void
  fail(error: unknown): void
  /** Settles when everything was delivered, or something failed and no delivery is under way. */
  readonly done: Promise<void>
}

interface DoubleBufferOptions extends DrainOptions {
  /** There is room again. */
  readonly onRoom: () => void
}

export function createDoubleBuffer({ buffers, deliver, onRoom }: DoubleBufferOptions): DoubleBuffer {
  let [filling, other] = buffers
  let filledBytes = 0
  let isDelivering = false
  let isEnded = false
  let failure: { readonly error: unknown } | undefined
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()

  const isFull = () => filledBytes === filling.length
  const proceed = () => {
    if (isDelivering) return
    if (failure) reject(failure.error)
    else if (isFull() || (isEnded && filledBytes > 0)) void handOver()
    else if (isEnded) resolve()
  }
  const handOver = async () => {
    const bytes = filling.subarray(0, filledBytes)
    ;[filling, other] = [other, filling]
    filledBytes = 0
    isDelivering = true
    try {
      await deliver(bytes)
    } catch (error) {
      failure ??= { error }
    }
    isDelivering = false
    proceed()
    if (!failure && !isEnded) onRoom()
  }
  const room = () => filling.subarray(filledBytes)
  const filled = (sizeBytes: number) => {
    filledBytes += sizeBytes
    proceed()
  }

  return {
    room,
    isFull,
    filled,
    put(bytes) {
      let rest = bytes
      while (rest.length > 0 && !isFull()) {
        const copiedBytes = rest.copy(room())
        rest = rest.subarray(copiedBytes)
        filled(copiedBytes)
      }
      return rest
    },
    end() {
      isEnded = true
      proceed()
    },
    fail(error) {
      failure ??= { error }
      proceed()
    },
    done,
  }
}
