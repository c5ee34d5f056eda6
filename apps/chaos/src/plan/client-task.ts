/** How a client's process is disturbed. The same command is given again afterwards. */
export interface Interruption {
  readonly how: 'kill' | 'interrupt' | 'pause'
  readonly afterMs: number
  /** Of a pause. */
  readonly pausedMs: number
}

/** Who does it: the `slipway` command, or a process of its own that uses the SDK. */
export type Actor = 'command' | 'sdk'

/** What one client does next. Places are names that the client uses again and again; `pick` chooses among its images. */
export type ClientTask =
  | {
      readonly kind: 'upload'
      readonly actor: Actor
      /** A name of the client's own, or one that several clients fight for. */
      readonly name: string
      readonly isShared: boolean
      readonly sizeBytes: number
      /** Decides the bytes. */
      readonly contentSeed: number
      readonly source: 'file' | 'stdin'
      readonly partSizeMib: number
      readonly concurrency: number
      readonly interruption: Interruption | undefined
    }
  | { readonly kind: 'abandon'; readonly name: string; readonly sizeBytes: number; readonly contentSeed: number }
  | {
      readonly kind: 'download'
      readonly actor: Actor
      readonly pick: number
      readonly sink: 'file' | 'stdout'
      readonly interruption: Interruption | undefined
    }
  | { readonly kind: 'delete' | 'revoke' | 'reinstate' | 'verify'; readonly actor: Actor; readonly pick: number }
  | { readonly kind: 'list'; readonly actor: Actor }

export type UploadTask = Extract<ClientTask, { kind: 'upload' }>
