import { ApiError, ConflictError } from '../errors/api-error.ts'
import { IntegrityError, NetworkError, OutcomeUnknownError, ResponseError } from '../errors/slipway-error.ts'
import type { Transport } from '../http/transport.ts'
import type { Image } from '../image.ts'
import { completeImage } from '../operations/complete-image.ts'
import { getImage } from '../operations/get-image.ts'

/**
 * Completes the upload. A lost answer is asked for again: the same digest twice is a success. When it stays lost, the
 * image itself is asked, and only if that fails too is the outcome reported as unknown.
 */
export async function completeUpload(
  transport: Transport,
  { image, sha256, signal }: { readonly image: Image; readonly sha256: string; readonly signal: AbortSignal },
): Promise<Image> {
  try {
    const completed = await completeImage(transport, image.id, { sha256, signal })
    assertCompletedWith(completed, sha256)
    return completed
  } catch (error) {
    if (error instanceof ApiError && error.code === 'digest_mismatch') {
      throw new IntegrityError(`the server holds other bytes than the file: ${error.reason}`, {
        code: 'digest_mismatch',
        cause: error,
      })
    }
    if (!mayHaveCompleted(error)) throw error
    const now = await getImage(transport, image.id, { signal }).catch(() => undefined)
    if (now?.uploadStatus === 'completed' && now.sha256 === sha256) return now
    // The server is there and says that it is not completed: then its own words are the answer.
    if (now && error instanceof ApiError && !gatewayStatuses.has(error.status)) throw error
    signal.throwIfAborted()
    throw new OutcomeUnknownError(
      `every part of ${image.id} was sent, but whether it was completed is not known (${(error as Error).message}): ` +
        `look with "slipway images get ${image.id}", or upload the same file again to go on`,
      { code: 'completion_unknown', cause: error },
    )
  }
}

/** What a gateway answers on its own, while the server behind it may go on. */
const gatewayStatuses: ReadonlySet<number> = new Set([408, 502, 504])

/** Without an answer, from a gateway's, or from a server that takes a repeated completion for a conflict. */
function mayHaveCompleted(error: unknown): boolean {
  if (error instanceof NetworkError || error instanceof ResponseError || error instanceof ConflictError) return true
  return error instanceof ApiError && (error.status >= 500 || gatewayStatuses.has(error.status))
}

function assertCompletedWith(image: Image, sha256: string): void {
  if (image.sha256 === null || image.sha256 === sha256) return
  throw new IntegrityError(`${image.id} is completed with sha256 ${image.sha256}, but the file has ${sha256}`, {
    code: 'digest_mismatch',
  })
}
