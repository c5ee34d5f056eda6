import { ApiError } from '../api-error.ts'

/** Bounds how many parts arrive at the same time, and so the files and buffers that they hold. */
export interface UploadGate {
  /** @returns what to call when the upload is over @throws {ApiError} too_many_requests */
  enter(): () => void
  activeCount(): number
}

const retryAfterSeconds = 1

export function createUploadGate({ maxCount }: { maxCount: number }): UploadGate {
  let activeCount = 0
  return {
    enter() {
      if (activeCount >= maxCount) {
        throw new ApiError({
          code: 'too_many_requests',
          message: `the server takes ${maxCount} parts at a time: try again in a moment`,
          headers: { 'retry-after': String(retryAfterSeconds) },
        })
      }
      activeCount++
      let isLeft = false
      return () => {
        if (!isLeft) activeCount--
        isLeft = true
      }
    },
    activeCount: () => activeCount,
  }
}
