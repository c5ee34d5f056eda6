/** What `slipway` exits with. Scripts rely on these: a number never changes its meaning. */
export const exitCodes = {
  ok: 0,
  other: 1,
  usage: 2,
  authentication: 3,
  notFound: 4,
  conflict: 5,
  unavailable: 6,
  integrity: 7,
  localFile: 8,
  interrupted: 130,
  terminated: 143,
} as const

/** For the documentation, which a test compares with this. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'done',
  other: 'anything else',
  usage: 'usage: an unknown command or option, a value or a configuration file that cannot be right',
  authentication: 'authentication: no token, a token that is not valid, or one that may not do this',
  notFound: 'not found',
  conflict: 'conflict: a name that is taken, an image that is not in the right state, an upload that runs already',
  unavailable: 'the network or the server is not available, or refuses the presigned URLs that it gave out',
  integrity: 'integrity: the bytes are not what their digest says',
  localFile:
    'the local file: missing, unreadable, empty, too large, changed meanwhile, refused by --strict; exists already, cannot be written',
  interrupted: 'interrupted by Ctrl-C: the same command goes on where it stopped',
  terminated: 'terminated',
}

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The SDK's error classes by name: comparing names keeps the SDK unloaded until a command needs it. */
const exitCodesOfSdkErrors: Readonly<Record<string, ExitCode>> = {
  UsageError: exitCodes.usage,
  InvalidRequestError: exitCodes.usage,
  AuthenticationError: exitCodes.authentication,
  ForbiddenError: exitCodes.authentication,
  NotFoundError: exitCodes.notFound,
  ConflictError: exitCodes.conflict,
  UploadLockedError: exitCodes.conflict,
  ServerError: exitCodes.unavailable,
  NetworkError: exitCodes.unavailable,
  OutcomeUnknownError: exitCodes.unavailable,
  ResponseError: exitCodes.unavailable,
  IntegrityError: exitCodes.integrity,
  SourceError: exitCodes.localFile,
  DestinationError: exitCodes.localFile,
  CancelledError: exitCodes.interrupted,
}

export function exitCodeOfSdkError(error: SdkErrorTraits): ExitCode {
  // The server hashed what arrived and refuses it with a 400: for a script that is damage, not a mistyped command.
  if (error.code === 'digest_mismatch') return exitCodes.integrity
  if (isRefusedUrl(error)) return exitCodes.unavailable
  return exitCodesOfSdkErrors[error.name] ?? exitCodes.other
}

interface SdkErrorTraits {
  readonly name: string
  readonly code: string
  readonly status?: number
  readonly isPresigned?: boolean
}

/** A presigned URL carries its own right, and a new one was refused, too: no other token would help. */
export function isRefusedUrl({ isPresigned = false, status }: Pick<SdkErrorTraits, 'isPresigned' | 'status'>): boolean {
  return isPresigned && status === 403
}
