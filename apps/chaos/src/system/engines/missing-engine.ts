/** A mode needs programs that this machine lacks: its message is one line that says what brings them. */
export class MissingEngine extends Error {
  override readonly name = 'MissingEngine'
}
