/** What a process that uses the SDK is asked to do: its one argument, as JSON. */
export type SdkJob =
  | {
      readonly kind: 'upload'
      /** Undefined: standard input. */
      readonly file: string | undefined
      readonly name: string
      readonly partSizeBytes: number
      readonly concurrency: number
      readonly resume: boolean
      readonly replace: boolean
      readonly journalDirectory: string
      readonly spoolDirectory: string
    }
  | { readonly kind: 'download'; readonly ref: string; readonly file: string | undefined; readonly concurrency: number }
  | { readonly kind: 'delete' | 'revoke' | 'reinstate' | 'abort'; readonly ref: string }
  | { readonly kind: 'list' }
  /** The command alone has it. */
  | { readonly kind: 'verify'; readonly ref: string; readonly file: string }

/** With what it ends: foreseen failures are told apart from what should never happen. */
export const sdkExitCodes = { done: 0, unforeseen: 1, foreseen: 10 } as const
