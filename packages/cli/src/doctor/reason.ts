/** What lies behind `fetch failed`: the system's own words are its cause. */
export function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error
  if (name === 'TimeoutError') return 'it took too long'
  const { code, message: causeMessage } = (cause ?? {}) as NodeJS.ErrnoException
  return code === 'ECONNREFUSED' ? 'the connection was refused' : causeMessage || code || message
}
