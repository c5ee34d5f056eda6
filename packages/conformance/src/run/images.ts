import { type Answer, describeAnswer, isOk } from '../http/answer.ts'
import type { Api } from '../http/api.ts'
import { type Bytes, type BytesAnswer, describeBytesAnswer } from '../http/bytes.ts'
import { bytesOf, sha256Of } from '../payload.ts'
import { PreparationFailure } from '../violation.ts'

export interface CreatedImage {
  readonly id: string
  readonly name: string
}

export interface CompletedImage extends CreatedImage {
  readonly sha256: string
  readonly bytes: Uint8Array
}

export interface PartUrl {
  readonly url: string
  readonly expires_at: number
}

/**
 * Brings images into the states that cases start from. Lenient about everything that is not needed for that, so that one
 * fault of a server does not hide the others.
 * @throws {PreparationFailure} when a step is refused
 */
export interface Images {
  create(options?: { readonly name?: string; readonly workspace?: string }): Promise<CreatedImage>
  partUrl(id: string, partNumber: number): Promise<PartUrl>
  sendPart(id: string, partNumber: number, bytes: Uint8Array<ArrayBuffer>): Promise<BytesAnswer>
  /** An image with one part of a few bytes. */
  uploading(bytes?: Uint8Array<ArrayBuffer>): Promise<CreatedImage & { readonly sha256: string }>
  completed(parts?: readonly Uint8Array<ArrayBuffer>[], name?: string): Promise<CompletedImage>
  revoked(): Promise<CompletedImage>
  deleted(): Promise<CreatedImage>
  complete(id: string, sha256: string): Promise<Answer>
  /** The image's bytes, read whole. */
  download(id: string): Promise<Uint8Array>
  downloadUrl(id: string): Promise<string>
}

export interface ImagesOptions {
  readonly api: Api
  readonly bytes: Bytes
  readonly workspace: string
  readonly uniqueName: () => string
}

export function createImages({ api, bytes, workspace: ownWorkspace, uniqueName }: ImagesOptions): Images {
  const need = (answer: Answer): Answer => {
    if (isOk(answer)) return answer
    throw new PreparationFailure(`could not prepare: ${describeAnswer(answer)}`)
  }
  const post = async (path: string, body?: unknown) => need(await api('POST', path, { body }))

  const images: Images = {
    async create({ name = uniqueName(), workspace = ownWorkspace } = {}) {
      const { body } = await post('/images', { workspace, name })
      return { id: String(body?.id), name: String(body?.name) }
    },
    async partUrl(id, partNumber) {
      return (await post(`/images/${id}/parts`, { part_id: partNumber })).body
    },
    async sendPart(id, partNumber, part) {
      const { url } = await images.partUrl(id, partNumber)
      const answer = await bytes.put(url, part)
      if (isOk(answer)) return answer
      throw new PreparationFailure(`could not prepare: ${describeBytesAnswer(answer)}`)
    },
    async uploading(part = bytesOf(1000)) {
      const image = await images.create()
      await images.sendPart(image.id, 1, part)
      return { ...image, sha256: sha256Of(part) }
    },
    async completed(parts = [bytesOf(1000)], name) {
      const image = await images.create(name === undefined ? {} : { name })
      for (const [index, part] of parts.entries()) await images.sendPart(image.id, index + 1, part)
      const sha256 = sha256Of(...parts)
      need(await images.complete(image.id, sha256))
      return { ...image, sha256, bytes: Buffer.concat(parts) }
    },
    async revoked() {
      const image = await images.completed()
      await post(`/images/${image.id}/revoke`)
      return image
    },
    async deleted() {
      const image = await images.create()
      need(await api('DELETE', `/images/${image.id}`))
      return image
    },
    complete: async (id, sha256) => await api('POST', `/images/${id}/complete`, { body: { sha256 } }),
    async downloadUrl(id) {
      return need(await api('GET', `/images/${id}/download`)).body.url
    },
    async download(id) {
      const answer = await bytes.get(await images.downloadUrl(id))
      if (isOk(answer)) return answer.bytes
      throw new PreparationFailure(`could not read the bytes: ${describeBytesAnswer(answer)}`)
    },
  }
  return images
}
