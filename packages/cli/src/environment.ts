export type Environment = Readonly<Record<string, string | undefined>>

/** An empty variable counts as unset: that is what `SLIPWAY_TOKEN= slipway …` means to most people. */
export function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}
