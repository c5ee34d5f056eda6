import { changeImage } from './change-image.ts'
import { completeImage } from './complete-image.ts'
import { createImage } from './create-image.ts'
import { requireReadableImage } from './find-image.ts'
import { toImage } from './image.ts'
import { issueDownload } from './issue-download.ts'
import { issuePartUrl } from './issue-part-url.ts'
import { listImages } from './list-images.ts'
import { listParts } from './list-parts.ts'
import type { LocalContext } from './local-context.ts'
import type { ImagesService } from './service.ts'

/** Images on this server's own metadata and bytes. */
export function createLocalImagesService(context: LocalContext): ImagesService {
  return {
    create: (request) => createImage(context, request),
    list: (request) => listImages(context, request),
    get: async (request) => toImage(await requireReadableImage(context.db, request)),
    issuePartUrl: (request) => issuePartUrl(context, request),
    listParts: (request) => listParts(context, request),
    complete: (request) => completeImage(context, request),
    issueDownload: (request) => issueDownload(context, request),
    change: (request) => changeImage(context, request),
  }
}
