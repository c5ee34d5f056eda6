/** What a stop signal asks for, and what to exit with afterwards. */
export interface StopSignals {
  readonly signal: AbortSignal
  /** The shell's code of the signal that came; `undefined` while none has. */
  exitCode(): number | undefined
}

/** 128 and the number of SIGPIPE, as a shell counts. */
const brokenPipeExitCode = 141

/** The first signal lets the demo clean up in order; the second one calls `leaveNow`, which has to do it at once. */
export function listenForStopSignals(leaveNow: (exitCode: number) => void): StopSignals {
  const controller = new AbortController()
  let exitCode: number | undefined
  const receive = (code: number) => () => {
    if (exitCode !== undefined) {
      // A broken pipe breaks at every write: that is no second wish to stop.
      if (code !== brokenPipeExitCode) leaveNow(code)
      return
    }
    exitCode = code
    controller.abort()
  }
  process.on('SIGINT', receive(130))
  process.on('SIGTERM', receive(143))
  process.on('SIGHUP', receive(129))
  // Whoever read our output has left (`demo | head`): without a listener Node would end here and leave the folder behind.
  const onBrokenPipe = receive(brokenPipeExitCode)
  process.stdout.on('error', onBrokenPipe)
  process.stderr.on('error', onBrokenPipe)
  return { signal: controller.signal, exitCode: () => exitCode }
}
