import type { Image } from '@slipway/sdk'

/** An image as `--json` prints it. Fields may be added, none is removed or renamed; what is not known is null. */
export function imageToJson(image: Image) {
  return {
    id: image.id,
    resourcePath: image.resourcePath,
    owner: image.owner,
    workspace: image.workspace,
    workspaceId: image.workspaceId ?? null,
    name: image.name,
    isPublic: image.isPublic ?? null,
    uploadStatus: image.uploadStatus,
    createdAt: image.createdAt.toISOString(),
    sha256: image.sha256,
    sha256Verified: image.sha256Verified ?? null,
    provider: image.provider ?? null,
    failureReason: image.failureReason ?? null,
  }
}
