import { randomUUID } from 'node:crypto'
import { generateName, type ImageId, isUploadable } from '@slipway/core'
import { ApiError, ConflictError, ForbiddenError, NotFoundError } from '../errors/api-error.ts'
import { NetworkError, ResponseError } from '../errors/slipway-error.ts'
import { retryFailures } from '../http/retry-failures.ts'
import type { Transport } from '../http/transport.ts'
import type { Image } from '../image.ts'
import { createImage } from '../operations/create-image.ts'
import { getAccount } from '../operations/get-account.ts'
import { getCapabilities } from '../operations/get-capabilities.ts'
import { getImage } from '../operations/get-image.ts'
import { getWorkspace } from '../operations/workspaces.ts'

export interface ResolveTargetOptions {
  readonly transport: Transport
  readonly name?: string | undefined
  readonly workspace?: string | undefined
  readonly resume: boolean
  /** The image that the journal names. */
  readonly recordedImageId: ImageId | undefined
  readonly signal: AbortSignal
}

export interface Target {
  readonly image: Image
  /** The image was there already: the server may hold parts. */
  readonly isResumed: boolean
}

interface CreateOptions {
  readonly transport: Transport
  readonly workspace: string
  readonly name: string
  readonly resume: boolean
  readonly signal: AbortSignal
}

/**
 * The image to upload to: the journal's, an unfinished one of the same name, or a new one. Without a name one is made up
 * here and not by the server, so that an image whose creation was answered into the void can be found again.
 */
export async function resolveTarget(options: ResolveTargetOptions): Promise<Target> {
  const { transport, resume, recordedImageId, signal } = options
  if (resume && recordedImageId) {
    const image = await getImage(transport, recordedImageId, { signal }).catch(ignoreNotFound)
    if (image && canBeUploadedTo(image)) return { image, isResumed: true }
  }
  const workspace = options.workspace ?? `sfc:workspace:${(await getAccount(transport, { signal })).id}:default`
  return createOrFind({ transport, workspace, name: options.name ?? generateName(), resume, signal })
}

/**
 * Creates the image. An answer that was lost leaves open whether it took effect. A server that heeds idempotency keys is
 * asked again under the same one, and answers the same image: a name that is taken then is somebody else's. Elsewhere the
 * name has to tell: it is looked up, and only if it is not there the creation is repeated. A taken name is either an
 * unfinished upload to go on with or a refusal.
 */
async function createOrFind(options: CreateOptions): Promise<Target> {
  const { transport, workspace, name, resume, signal } = options
  const idempotencyKey = randomUUID()
  let wasLost = false
  let heedsKey: boolean | undefined
  return retryFailures({ transport, maxAttempts: transport.maxAttempts, signal }, async () => {
    try {
      const image = await createImage({ ...transport, maxAttempts: 1 }, { workspace, name, idempotencyKey, signal })
      return { image, isResumed: false }
    } catch (error) {
      const isLost = isWithoutAnswer(error)
      const isTaken = error instanceof ConflictError
      if (!isLost && !isTaken) throw error
      wasLost ||= isLost
      // Only now: nearly every creation is answered.
      if (wasLost) heedsKey ??= await heedsIdempotencyKey(options)
      const mayBeOurs = wasLost && !heedsKey
      if (!mayBeOurs && !(isTaken && resume)) throw error
      const image = await findByName(options)
      const isAcceptable = image && canBeUploadedTo(image) && (resume || image.uploadStatus === 'started')
      if (!isAcceptable) throw error
      return { image, isResumed: true }
    }
  })
}

function isWithoutAnswer(error: unknown): boolean {
  if (error instanceof NetworkError || error instanceof ResponseError) return true
  return error instanceof ApiError && error.status >= 500 && error.status !== 501
}

async function heedsIdempotencyKey({ transport, signal }: CreateOptions): Promise<boolean> {
  try {
    return (await getCapabilities(transport, { signal }))?.heedsIdempotencyKey === true
  } catch (error) {
    // Gateways in front of an API answer so for a route that it does not have.
    if (error instanceof ForbiddenError) return false
    throw error
  }
}

async function findByName({ transport, workspace, name, signal }: CreateOptions): Promise<Image | undefined> {
  const workspacePath = workspace.startsWith('sfc:')
    ? workspace
    : (await getWorkspace(transport, workspace, { signal })).resourcePath
  const path = `${workspacePath.replace('sfc:workspace:', 'sfc:image:')}:${name}`
  return getImage(transport, path, { signal }).catch(ignoreNotFound)
}

function canBeUploadedTo({ uploadStatus }: Image): boolean {
  return isUploadable({ uploadStatus, isDeleted: false })
}

function ignoreNotFound(error: unknown): undefined {
  if (error instanceof NotFoundError) return undefined
  throw error
}
