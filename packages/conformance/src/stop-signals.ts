const signals = ['SIGINT', 'SIGTERM'] as const

export interface StopSignals {
  readonly signal: AbortSignal
  dispose(): void
}

/** The first Ctrl-C ends the run and cleans up, the second one ends the process. */
export function listenForStop(stderr: { write(text: string): unknown }): StopSignals {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
    stderr.write('stopping: deleting what was created; once more to leave at once\n')
  }
  for (const name of signals) process.on(name, stop)
  return {
    signal: controller.signal,
    dispose() {
      for (const name of signals) process.off(name, stop)
    },
  }
}
