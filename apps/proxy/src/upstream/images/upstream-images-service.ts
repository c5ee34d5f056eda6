import type { OperationName, WireImage } from '@slipway/core'
import type { Caller } from '../../auth/authenticate.ts'
import type { Image, ImagesService, RequestedEvent } from '../../images/service.ts'
import { createUpstreamImage } from './create-upstream-image.ts'
import { getUpstreamImage, resolveImage } from './find-upstream-image.ts'
import type { ImageFact } from './image-facts.ts'
import { listUpstreamImages } from './list-upstream-images.ts'
import { toLocalImage } from './to-local-image.ts'
import type { UpstreamContext } from './upstream-context.ts'

type StateOperation = Extract<OperationName, 'revokeImage' | 'reinstateImage' | 'publishImage' | 'setDefaultImage'>

const operations = {
  revoked: 'revokeImage',
  reinstated: 'reinstateImage',
  published: 'publishImage',
  made_default: 'setDefaultImage',
} as const satisfies Record<Exclude<RequestedEvent['type'], 'deleted'>, StateOperation>

/** A server that hashes only now reads all parts before it answers. */
const completeTimeoutMs = 15 * 60_000

/** Images of another server of this API. Ids are that server's; names are mapped in both directions. */
export function createUpstreamImagesService(context: UpstreamContext): ImagesService {
  const { api, bytes, facts } = context

  const toLocal = async (wire: WireImage) => {
    facts.note(wire)
    const [workspace, verified] = await Promise.all([
      context.directory.findById(wire.workspace_id),
      bytes.verifiedAmong([wire.id]),
    ])
    return toLocalImage(wire, { workspace, isVerifiedHere: verified.has(wire.id) })
  }
  const remove = async (caller: Caller, fact: ImageFact): Promise<Image> => {
    const before = await getUpstreamImage(context, { caller, ref: { kind: 'id', id: fact.id as never } })
    await api.call('deleteImage', { params: { id: fact.id } })
    await bytes.removed(fact.id)
    return { ...before, deletedAt: new Date(context.now()) }
  }

  return {
    create: (request) => createUpstreamImage(context, request),
    list: (request) => listUpstreamImages(context, request),
    get: (request) => getUpstreamImage(context, request),
    async issuePartUrl({ caller, ref, partNumber, lengthBytes, origin }) {
      const { id } = await resolveImage(context, { caller, ref, access: 'change' })
      return await bytes.issuePartUrl({ caller, imageId: id, partNumber, lengthBytes, origin })
    },
    async listParts({ caller, ref, limit, startingAfter }) {
      const { id } = await resolveImage(context, { caller, ref, access: 'change' })
      return await bytes.listParts({ imageId: id, limit, startingAfter })
    },
    async complete({ caller, ref, sha256 }) {
      const { id } = await resolveImage(context, { caller, ref, access: 'change' })
      const wire = await bytes.completing({ imageId: id, sha256 }, () =>
        api.call('completeImage', { params: { id }, body: { sha256 }, timeoutMs: completeTimeoutMs }),
      )
      bytes.changed(id)
      return await toLocal(wire)
    },
    async issueDownload({ caller, ref, origin }) {
      const { id } = await resolveImage(context, { caller, ref, access: 'read' })
      return await bytes.issueDownload({ imageId: id, origin })
    },
    async change({ caller, ref, event }) {
      const fact = await resolveImage(context, { caller, ref, access: 'change' })
      try {
        if (event.type === 'deleted') return await remove(caller, fact)
        return await toLocal(await api.call(operations[event.type], { params: { id: fact.id } }))
      } finally {
        // Also after a failure: its answer may be lost while its effect is not.
        if (event.type === 'deleted') facts.forget(fact.id)
        bytes.changed(fact.id)
      }
    },
  }
}
