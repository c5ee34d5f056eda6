export interface SlipwayErrorOptions {
  /** Stable and machine-readable: switch on this, never on the message. */
  readonly code: string
  readonly cause?: unknown
}

/** What every error of this package is. The message says what happened and what to do, and carries no secret. */
export class SlipwayError extends Error {
  override readonly name: string = 'SlipwayError'
  readonly code: string

  constructor(message: string, { code, cause }: SlipwayErrorOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** No answer, or not a whole one: connection refused or reset, DNS, TLS, a stall, a timeout. */
export class NetworkError extends SlipwayError {
  override readonly name = 'NetworkError'
}

/** The server answered something that is not this API: another service, a broken proxy, a truncated body. */
export class ResponseError extends SlipwayError {
  override readonly name = 'ResponseError'
}

/** The bytes are not what the digest says. */
export class IntegrityError extends SlipwayError {
  override readonly name = 'IntegrityError'
}

/** The local file to upload: missing, unreadable, empty, not a regular file, too large, or changed meanwhile. */
export class SourceError extends SlipwayError {
  override readonly name = 'SourceError'
}

/** The local file to download to: there already, not writable, disk full. */
export class DestinationError extends SlipwayError {
  override readonly name = 'DestinationError'
}

/** The caller's signal aborted. An upload can be gone on with by the same call again. */
export class CancelledError extends SlipwayError {
  override readonly name = 'CancelledError'
}

/** An option or a reference that cannot be right, found before anything was sent. */
export class UsageError extends SlipwayError {
  override readonly name = 'UsageError'
}

/** The request may or may not have taken effect. The message says how to find out. */
export class OutcomeUnknownError extends SlipwayError {
  override readonly name = 'OutcomeUnknownError'
}

/** Another process on this machine is uploading the same file to the same place. */
export class UploadLockedError extends SlipwayError {
  override readonly name = 'UploadLockedError'
}
