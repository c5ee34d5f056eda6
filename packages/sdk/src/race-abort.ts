/** Waits for `promise`, but no longer than until the signal aborts. @throws the signal's reason as soon as it aborts */
export async function raceAbort<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  // Whoever loses the race may still reject, with nobody left to hear it.
  promise.catch(() => undefined)
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    // Signals live long: a listener left at each wait would add up over thousands of parts.
    signal.removeEventListener('abort', onAbort)
  }
}
