/** The server did something else than the contract says. The message says what was expected and what came. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/** What a case needs could not be brought about, so that its own sentence was never put to the server. */
export class PreparationFailure extends Error {
  override readonly name = 'PreparationFailure'
}

/** The case means nothing on this server; the message says why. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable'
}
