/** An answer before it is written: a JSON body, or a text of another type. */
export interface WireAnswer {
  readonly status: number
  readonly body: unknown
  readonly contentType?: string
}
