/**
 * Matches a whole text: `*` stands for any characters, `?` for one. Two indices and no regular expression, so that no
 * pattern can be slow.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  // Where the last star was, and how much of the text it stands for so far.
  let starAt = -1
  let starEnd = 0
  while (t < text.length) {
    if (pattern[p] === '*') {
      starAt = p++
      starEnd = t
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++
      t++
    } else if (starAt >= 0) {
      p = starAt + 1
      t = ++starEnd
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
