/**
 * The proofs by numbers run small in the default suite. `SLIPWAY_FUZZ_REQUESTS=20000`, `SLIPWAY_KILLS=100` and
 * `SLIPWAY_MODEL_RUNS=500` make them run at length.
 */
export function proofScale(
  variable: 'SLIPWAY_FUZZ_REQUESTS' | 'SLIPWAY_KILLS' | 'SLIPWAY_MODEL_RUNS',
  usual: number,
): number {
  return Number(process.env[variable] ?? usual)
}

/** Small, fast, and the same everywhere: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
