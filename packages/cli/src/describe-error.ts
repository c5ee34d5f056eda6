import { CommandFailure } from './command-failure.ts'
import { type ExitCode, exitCodeOfSdkError, exitCodes, isRefusedUrl } from './exit-codes.ts'

export interface ErrorDescription {
  /** What happened, as one line; with the request's id where there is one, to quote to the server's operator. */
  readonly message: string
  /** What to do, as one line. */
  readonly hint: string | undefined
  readonly exitCode: ExitCode
  /** Stable, for programs. */
  readonly code?: string
  readonly requestId?: string | undefined
}

/** The parts of an SDK error that are shown; read by shape, so that the SDK need not be loaded to report its absence. */
interface SdkErrorShape extends Error {
  readonly code: string
  readonly status?: number
  readonly reason?: string
  readonly requestId?: string
  readonly isPresigned?: boolean
}

const refusedUrlHint =
  "check this machine's clock and the server's with `slipway doctor`, and that nothing on the way changes URLs; if all is right, tell the server's operator"

const hintsByCode: Readonly<Record<string, string>> = {
  name_taken: 'choose another --name, or delete the image that has it',
  image_not_found: '`slipway images list` shows the images that are there',
  not_a_file: 'name a regular file; a pipe or a device goes in by standard input: slipway upload - < FILE',
  storage_full: 'free some space where the server keeps its images, then run the same command again',
}

const hintsByName: Readonly<Record<string, string>> = {
  AuthenticationError: 'check the token; `slipway whoami --verbose` says where it came from',
  ForbiddenError: 'use a token that may do this; `slipway whoami` shows the account and its role',
  ServerError: 'run the same command again in a while',
  NetworkError: 'check the connection and the API URL; `slipway whoami --verbose` says where it came from',
  ResponseError: 'check the API URL; `slipway whoami --verbose` says where it came from',
  IntegrityError: 'run the same command again; if it happens again, check the disk and the network',
}

/** Says what an error means to the person at the prompt. */
export function describeError(error: unknown): ErrorDescription {
  if (error instanceof CommandFailure) {
    return { message: error.message, hint: error.hint, exitCode: error.exitCode }
  }
  if (isSdkError(error)) {
    return {
      message: messageOf(error),
      hint: isRefusedUrl(error) ? refusedUrlHint : (hintsByCode[error.code] ?? hintsByName[error.name]),
      exitCode: exitCodeOfSdkError(error),
      code: error.code,
      requestId: error.requestId,
    }
  }
  return {
    message: `unexpected problem: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'run the command again with --debug and report what it prints',
    exitCode: exitCodes.other,
  }
}

/** The server's own words come first: the method and the path mean nothing to most people. */
function messageOf({ message, reason, status, requestId }: SdkErrorShape): string {
  const request = requestId === undefined ? [] : [`request ${requestId}`]
  const notes = [...(reason === undefined ? [] : [`${status}`]), ...request]
  return `${reason ?? message}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`
}

function isSdkError(error: unknown): error is SdkErrorShape {
  return error instanceof Error && /^[A-Z]\w*Error$/.test(error.name) && 'code' in error && isSdkCode(error.code)
}

/** System errors have codes too, in capitals: those are surprises here, since the SDK wraps the ones it expects. */
function isSdkCode(code: unknown): code is string {
  return typeof code === 'string' && /^[a-z][a-z0-9_]*$/.test(code)
}
