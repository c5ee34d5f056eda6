import leven from 'leven'

/** More typos than a third of the word make it another word. */
const maxDistanceShare = 1 / 3

/** The candidate that `typed` was probably meant to be. */
export function nearest(typed: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: leven(typed, candidate) }))
    .sort((a, b) => a.distance - b.distance)
  const best = ranked[0]
  const maxDistance = Math.max(2, Math.floor(typed.length * maxDistanceShare))
  return best && best.distance <= maxDistance && best.distance < typed.length ? best.candidate : undefined
}
