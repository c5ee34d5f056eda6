import type { Contender, Role } from '../figure.ts'
import { runCommand } from '../peers/run-command.ts'

export interface CommandContenderOptions {
  readonly name: string
  readonly role: Role
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What one run moves: its speed is the figure. */
  readonly sizeBytes: number
  /** Tidies up after each run, uncounted. */
  after?(): Promise<void>
}

/** A command, from its start to its end, as a speed in GiB/s. */
export function commandContender({ name, role, command, env, sizeBytes, after }: CommandContenderOptions): Contender {
  return {
    name,
    role,
    async measure() {
      const { seconds, peakRssBytes } = await runCommand(command, env)
      await after?.()
      return { value: gibPerSecond(sizeBytes, seconds), peakRssBytes }
    },
  }
}

export function gibPerSecond(sizeBytes: number, seconds: number): number {
  return sizeBytes / 2 ** 30 / seconds
}

/** Seconds of one piece of work. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (performance.now() - startedAt) / 1000
}
