/** A server that the kit can be put to, with all that its cases may need. */
export interface RunningMode {
  readonly url: string
  /** An administrator's. */
  readonly token: string
  readonly secondToken?: string
  readonly readerToken?: string
  stop(): Promise<void>
}

export interface Mode {
  /** One line about what is started. */
  readonly summary: string
  start(): Promise<RunningMode>
}
