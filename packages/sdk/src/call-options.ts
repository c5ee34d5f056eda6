/** What every call takes. */
export interface RequestOptions {
  /** Stops the call, its retries and its pauses within a second. */
  readonly signal?: AbortSignal | undefined
}
