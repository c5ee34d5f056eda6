export interface StopSignals {
  readonly signal: AbortSignal
  /** The shell's code of the signal that came; `undefined` while none has. */
  exitCode(): number | undefined
}

/** The first signal ends the run in order; the second one calls `leaveNow`, which has to do it at once. */
export function listenForStopSignals(leaveNow: (exitCode: number) => void): StopSignals {
  const controller = new AbortController()
  let exitCode: number | undefined
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
  for (const [name, code] of Object.entries(codes)) {
    process.on(name, () => {
      if (exitCode !== undefined) return leaveNow(code)
      exitCode = code
      controller.abort()
    })
  }
  return { signal: controller.signal, exitCode: () => exitCode }
}
