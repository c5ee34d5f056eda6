import type { FaultProxy } from '../fault-proxy/start-fault-proxy.ts'
import type { ProcessFault, ProcessFaultKind } from '../plan/process-fault.ts'
import type { ChildProcesses } from './child-processes.ts'

/** What a server process holds, as the kernel tells it. */
export interface Resources {
  readonly openFiles: number
  readonly sockets: number
  readonly residentBytes: number
}

/**
 * A real server with its storage, which can be hurt and healed. Clients do not reach it but through the fault proxy, which
 * follows `url()`.
 */
export interface System {
  readonly mode: string
  /** What can happen to it on this machine. */
  readonly processFaults: ReadonlySet<ProcessFaultKind>
  /** What cannot, each with the reason, in words for the report. */
  readonly leftOut: readonly string[]
  /** An administrator's token. */
  readonly token: string
  /** What must be found in no output: passwords, keys. Tokens and signatures are found by their form. */
  readonly secrets: readonly string[]
  /** The 5xx that it may answer with. */
  readonly failures: ReadonlySet<number>
  /** It acknowledges a completion before it has hashed the bytes: an image of wrong ones fails later. */
  readonly verifiesAfterCompletion: boolean
  /** Where it can be reached without faults; undefined while it is down. */
  url(): string | undefined
  /** Lets the fault happen, and ends it after its time. */
  suffer(fault: ProcessFault): Promise<void>
  /** Ends every fault: resolves when it serves. */
  heal(): Promise<void>
  /** Stops in order and starts anew. @throws {Error} when it does not stop by itself, or not with code 0 */
  restart(): Promise<void>
  /** Of the process that serves now; undefined where the kernel does not tell. */
  resources(): Promise<Resources | undefined>
  /** Files that belong to nothing: to be empty after a restart. */
  leftovers(): Promise<readonly string[]>
  /** What else it promised and has not kept, in words; asked when nothing happens any more, and may wait for what is underway. */
  complaints(): Promise<readonly string[]>
  stop(): Promise<void>
}

export interface StartSystemOptions {
  /** Everything that it writes is below it; what it mounts too. */
  readonly directory: string
  /** Scheme and host under which clients reach it: those of the fault proxy. */
  readonly publicUrl: string
  readonly env: Readonly<Record<string, string>>
  readonly children: ChildProcesses
  /**
   * Another relay through which the plan's faults happen, for what the system's own parts say to each other.
   * @param options.parts `promised`: clients send their parts through it, and what is acknowledged there is a promise to
   * them; `attempted`: one of the servers sends them on, and answers for itself
   */
  readonly startLink: (options: { readonly parts: 'promised' | 'attempted' }) => Promise<FaultProxy>
  /** Each line that a server says. */
  readonly onLine: (line: string) => void
  /** Where it can be reached has changed. */
  readonly onUrl: (url: string | undefined) => void
  /** A server ended though nobody asked it to. */
  readonly onDeath: (how: string) => void
}

export type StartSystem = (options: StartSystemOptions) => Promise<System>
