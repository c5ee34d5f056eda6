import type { Client, Image, TransferSnapshot, UploadResult } from '@slipway/sdk'
import type { Sdk } from '../src/host.ts'

const MiB = 2 ** 20

export const image: Image = {
  id: 'image_k3RnX9vLm7Qp2Yw5Jd8F' as Image['id'],
  resourcePath: 'sfc:image:acme:default:ubuntu-24.04',
  owner: 'acme',
  workspace: 'default',
  workspaceId: 'wksp_1',
  name: 'ubuntu-24.04',
  isPublic: false,
  uploadStatus: 'completed',
  createdAt: new Date(Date.UTC(2026, 5, 1, 11, 55)),
  sha256: 'ab'.repeat(32),
  sha256Verified: true,
}

export const snapshot: TransferSnapshot = {
  totalBytes: 1024 * MiB,
  confirmedBytes: 512 * MiB,
  sentBytes: 640 * MiB,
  hashedBytes: 640 * MiB,
  reusedBytes: 0,
  partsInFlight: 4,
  concurrency: 4,
  retryCount: 0,
  bytesPerSecond: 100 * MiB,
  etaMs: 5_000,
  elapsedMs: 5_000,
}

export const uploadResult: UploadResult = {
  image,
  sizeBytes: 1024 * MiB,
  sha256: 'ab'.repeat(32),
  partCount: 64,
  durationMs: 8_000,
  retryCount: 0,
  reusedBytes: 0,
  sentBytes: 1024 * MiB,
}

export interface FakeClientOptions {
  readonly images?: Partial<Client['images']>
  readonly workspaces?: Partial<Client['workspaces']>
  readonly account?: Client['account']
  readonly capabilities?: Client['getCapabilities']
  readonly onClose?: () => void
  readonly onCreate?: (options: unknown) => void
}

/** An SDK whose client answers from memory. */
export function fakeSdk({
  images,
  workspaces,
  account,
  capabilities,
  onClose,
  onCreate,
}: FakeClientOptions = {}): Partial<Sdk> {
  const client = {
    transport: { apiUrl: 'http://127.0.0.1:1' },
    images: { ...images },
    workspaces: { ...workspaces },
    account: account ?? { get: async () => ({ id: 'acme', role: 'admin', isFrozen: false }) },
    getCapabilities: capabilities ?? (async () => undefined),
    close: async () => onClose?.(),
  } as unknown as Client
  return {
    createClient: (options) => {
      onCreate?.(options)
      return client
    },
  }
}

export async function* listOf(...items: readonly Image[]): AsyncGenerator<Image> {
  yield* items
}

export function imageNumber(number: number): Image {
  return { ...image, id: `image_${number}` as Image['id'], name: `image-${number}` }
}
