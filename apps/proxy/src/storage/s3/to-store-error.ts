import { StoreError } from './store-error.ts'

interface ForeignError {
  readonly name?: unknown
  readonly code?: unknown
  readonly Code?: unknown
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
}

const credentialCodes = new Set([
  'AccessDenied',
  'Forbidden',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
])
/** The client's own, when it finds nothing to sign with. */
const noCredentialsCodes = new Set(['CredentialsProviderError', 'TokenProviderError'])

/** What the client threw, told without anything that was signed or sent. */
export function toStoreError(operation: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const foreign = (typeof error === 'object' && error !== null ? error : {}) as ForeignError
  const status = foreign.$metadata?.httpStatusCode
  const code = codeOf(foreign, status)
  return new StoreError({
    operation,
    code,
    status,
    requestId: foreign.$metadata?.requestId,
    hint: hintOf(code, status),
  })
}

/** True for what waiting does not mend: the operator must look at the configuration. */
export function isMisconfiguration({ code, status }: StoreError): boolean {
  return credentialCodes.has(code) || noCredentialsCodes.has(code) || code === 'NoSuchBucket' || status === 403
}

function codeOf({ name, code, Code }: ForeignError, status: number | undefined): string {
  const candidates = [Code, status === undefined ? code : undefined, name, code]
  const found = candidates.find((candidate) => typeof candidate === 'string' && /^[\w.-]{1,64}$/.test(candidate))
  return typeof found === 'string' ? found : 'unknown'
}

function hintOf(code: string, status: number | undefined): string {
  if (noCredentialsCodes.has(code))
    return 'was not asked: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile'
  if (credentialCodes.has(code) || status === 403) return 'refuses the credentials: check them and what they allow'
  if (code === 'NoSuchBucket') return 'has no such bucket: make it, or check the storage URL'
  if (status === undefined) return 'cannot be reached: check its endpoint and the network'
  return 'refused'
}
