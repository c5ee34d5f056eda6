export const defaultStallTimeoutMs = 30_000
export const defaultMaxPartAttempts = 8
