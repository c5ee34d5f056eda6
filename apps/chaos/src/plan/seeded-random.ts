/** Draws that a seed decides wholly, on every machine. */
export interface SeededRandom {
  /** 0 up to but not including 1. */
  unit(): number
  /** A whole number, both ends included. */
  integer(min: number, max: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly [T, ...(readonly T[])]): T
  /** A stream of its own, which does not move when this one is drawn from more or less often. */
  fork(label: string): SeededRandom
}

export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  // Mulberry32: 32 bits of state are plenty for a plan, and its every step is exact in doubles.
  const unit = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (min: number, max: number) => min + Math.floor(unit() * (max - min + 1))
  return {
    unit,
    integer,
    chance: (probability) => unit() < probability,
    pick: (items) => items[integer(0, items.length - 1)] ?? items[0],
    fork: (label) => createSeededRandom(hashOf(`${seed}/${label}`)),
  }
}

/** FNV-1a: spreads labels that differ in one character. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
