import type { Clock } from '../clock.ts'

const tickMs = 200

/** Waits for a digest, with a tick now and then for those who watch. @throws the signal's reason when it aborts */
export async function awaitDigest(
  digest: Promise<string>,
  { clock, signal, onTick }: { readonly clock: Clock; readonly signal: AbortSignal; readonly onTick: () => void },
): Promise<string> {
  const done = new AbortController()
  const waiting = AbortSignal.any([signal, done.signal])
  const ticking = (async (): Promise<never> => {
    for (;;) {
      await clock.sleep(tickMs, waiting)
      onTick()
    }
  })()
  try {
    return await Promise.race([digest, ticking])
  } finally {
    done.abort()
    await ticking.catch(() => undefined)
  }
}
