import type { OperationName, OperationResponse } from '@slipway/core'
import { Agent, type Dispatcher } from 'undici'
import { type Clock, systemClock } from './clock.ts'
import { UsageError } from './errors/slipway-error.ts'
import { type CallOptions, callOperation } from './http/call-operation.ts'
import type { RequestRecord, Transport } from './http/transport.ts'
import { completeImage } from './operations/complete-image.ts'
import { createImage } from './operations/create-image.ts'
import { createPartUrl } from './operations/create-part-url.ts'
import { deleteImage } from './operations/delete-image.ts'
import { getAccount } from './operations/get-account.ts'
import { getCapabilities } from './operations/get-capabilities.ts'
import { getImage } from './operations/get-image.ts'
import { getImageDownload } from './operations/get-image-download.ts'
import { listImages } from './operations/list-images.ts'
import { listParts } from './operations/list-parts.ts'
import { publishImage } from './operations/publish-image.ts'
import { reinstateImage } from './operations/reinstate-image.ts'
import { revokeImage } from './operations/revoke-image.ts'
import { setDefaultImage } from './operations/set-default-image.ts'
import { createToken, listTokens, revokeToken } from './operations/tokens.ts'
import {
  createWorkspace,
  deleteWorkspace,
  getWorkspace,
  listWorkspaces,
  renameWorkspace,
} from './operations/workspaces.ts'

export interface ClientOptions {
  /** Such as `https://api.sfcompute.com`; a trailing `/`, `/v2` or `/preview/v2` is dropped. */
  readonly apiUrl: string
  /** The bearer token. Never part of any error, event or record. */
  readonly token: string
  /** Default: an undici `Agent` of its own, which `close()` closes; a given one stays the caller's. */
  readonly dispatcher?: Dispatcher | undefined
  /** Default: the system's. */
  readonly clock?: Clock | undefined
  /** Spreads retries. Default: `Math.random`. */
  readonly random?: (() => number) | undefined
  /** Default: `slipway-sdk`. */
  readonly userAgent?: string | undefined
  /** How long an API call may take to answer, in milliseconds; bytes have a stall limit of their own. Default: 30 000. */
  readonly timeoutMs?: number | undefined
  /** Attempts of an API call, the first included. Default: 6, which is about 15 seconds of pauses. */
  readonly maxAttempts?: number | undefined
  /** Called after each attempt of an API call, for a log: it holds no secret. */
  readonly onRequest?: ((request: RequestRecord) => void) | undefined
  /**
   * Called as bytes of an image arrive, some 64 KiB at a time. A program may have V8 collect the dead buffers in time with
   * it, which is not for a library to decide.
   */
  readonly onReceived?: ((sizeBytes: number) => void) | undefined
}

export type Client = ReturnType<typeof createClient>

/**
 * A typed client of the Images API. Images are referred to by id, resource path or name, workspaces by id or path.
 * @throws {UsageError} when `apiUrl` or `token` cannot be right
 */
export function createClient(options: ClientOptions) {
  const ownDispatcher = options.dispatcher ? undefined : new Agent({ keepAliveTimeout: 10_000 })
  const token = parseToken(options.token)
  const transport: Transport = {
    apiUrl: parseApiUrl(options.apiUrl),
    bearerToken: () => token,
    dispatcher: options.dispatcher ?? (ownDispatcher as Agent),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    userAgent: options.userAgent ?? 'slipway-sdk',
    timeoutMs: options.timeoutMs ?? 30_000,
    maxAttempts: options.maxAttempts ?? 6,
    onRequest: options.onRequest,
    onReceived: options.onReceived,
  }
  return {
    /** What the transfer engine runs on. */
    transport,
    images: {
      create: createImage.bind(null, transport),
      list: listImages.bind(null, transport),
      get: getImage.bind(null, transport),
      delete: deleteImage.bind(null, transport),
      createPartUrl: createPartUrl.bind(null, transport),
      listParts: listParts.bind(null, transport),
      complete: completeImage.bind(null, transport),
      getDownload: getImageDownload.bind(null, transport),
      revoke: revokeImage.bind(null, transport),
      reinstate: reinstateImage.bind(null, transport),
      publish: publishImage.bind(null, transport),
      setDefault: setDefaultImage.bind(null, transport),
    },
    workspaces: {
      list: listWorkspaces.bind(null, transport),
      create: createWorkspace.bind(null, transport),
      get: getWorkspace.bind(null, transport),
      rename: renameWorkspace.bind(null, transport),
      delete: deleteWorkspace.bind(null, transport),
    },
    tokens: {
      list: listTokens.bind(null, transport),
      create: createToken.bind(null, transport),
      revoke: revokeToken.bind(null, transport),
    },
    account: { get: getAccount.bind(null, transport) },
    getCapabilities: getCapabilities.bind(null, transport),
    /**
     * One operation of the contract as it travels: for programs that pass requests on, which need every field and header.
     * Everybody else has the methods above.
     */
    call<K extends OperationName>(name: K, options?: CallOptions<K>): Promise<OperationResponse<K>> {
      return callOperation(transport, name, options)
    },
    /** Closes the connections that this client opened, once what is under way is done. Closing twice does no harm. */
    async close(): Promise<void> {
      if (!ownDispatcher?.closed) await ownDispatcher?.close()
    },
  }
}

function parseApiUrl(text: string): string {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UsageError(`the API URL must be an http or https URL such as https://api.sfcompute.com, not "${text}"`, {
      code: 'invalid_api_url',
    })
  }
  return (url.origin + url.pathname).replace(/\/+$/, '').replace(/(?:\/preview)?\/v2$/, '')
}

function parseToken(token: string): string {
  // What a header cannot carry would fail later, in words that say nothing of the token.
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new UsageError('the token must be printable characters without spaces: was it copied whole?', {
    code: 'invalid_token_form',
  })
}
