import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Contender, Figure, LeftOut, MeasuredContender } from './figure.ts'
import { measureInTurn } from './measure-in-turn.ts'
import { missingPrograms, type PeerName, peerPrograms } from './peers/peer-programs.ts'
import type { Profile } from './profile.ts'

/** One question that the benchmark answers, in one or more figures. */
export interface Suite {
  readonly name: string
  readonly about: string
  run(bench: Bench): Promise<readonly Figure[]>
}

/** What a suite works with. */
export interface Bench {
  readonly profile: Profile
  /** Its own, empty and gone afterwards; on a RAM disk where there is one, so that the disk stays out of the figures. */
  readonly folder: string
  /** A real disk's folder, likewise. */
  readonly diskFolder: string
  /** Whether a peer can take part; where not, the report says what brings it. */
  has(peer: PeerName): boolean
  /** Starts a peer's server that is stopped when the suite ends. @returns undefined, and says so, where it does not start */
  start<Server extends Stoppable>(peer: PeerName, start: () => Promise<Server>): Promise<Server | undefined>
  /** Stops ours, or removes something, when the suite ends: the last first. */
  atEnd<Server extends Stoppable>(server: Server): Server
  measure(contenders: readonly Contender[], runCount?: number): Promise<readonly MeasuredContender[]>
  say(text: string): void
}

export interface Stoppable {
  stop(): Promise<void>
}

export interface OpenBenchOptions {
  readonly profile: Profile
  readonly folder: string
  readonly diskFolder: string
  readonly onLeftOut: (leftOut: LeftOut) => void
  readonly say: (text: string) => void
  /** Ends the work early; everything is still stopped and removed. Default: never. */
  readonly signal?: AbortSignal
}

/** Runs `work` with a bench of its own, and leaves neither a process nor a file behind. */
export async function withBench<Result>(
  { profile, onLeftOut, say, signal, ...folders }: OpenBenchOptions,
  work: (bench: Bench) => Promise<Result>,
): Promise<Result> {
  const stops: (() => Promise<void>)[] = []
  const pending = new Set<Promise<Stoppable>>()
  const makeFolder = async (parent: string) => {
    const folder = await mkdtemp(join(parent, 'slipway-bench-'))
    stops.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
    return folder
  }
  const atEnd = <Server extends Stoppable>(server: Server) => {
    stops.push(() => server.stop())
    return server
  }
  const has = (peer: PeerName) => {
    const missing = missingPrograms(peer)
    if (missing.length === 0) return true
    onLeftOut({ name: peer, reason: `no ${missing.join(', ')} here; \`${peerPrograms[peer].install}\` brings it` })
    return false
  }
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  aborted.catch(() => undefined)
  try {
    signal?.throwIfAborted()
    const working = work({
      profile,
      folder: await makeFolder(folders.folder),
      diskFolder: await makeFolder(folders.diskFolder),
      has,
      atEnd,
      async start(peer, start) {
        if (!has(peer)) return undefined
        const starting = start()
        pending.add(starting)
        try {
          return atEnd(await starting)
        } catch (error) {
          onLeftOut({ name: peer, reason: `did not start: ${error instanceof Error ? error.message : String(error)}` })
          return undefined
        } finally {
          pending.delete(starting)
        }
      },
      measure: (contenders, runCount = profile.runCount) =>
        measureInTurn({ contenders, runCount, onRun: say, onLeftOut }),
      say,
    })
    return await Promise.race([working, aborted])
  } finally {
    // An interruption may come while one is starting, which can only be stopped after that.
    await Promise.allSettled(pending)
    for (const stop of stops.toReversed()) await stop()
  }
}
