/** Ends the demo with one line that says what was wrong. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure'
}
