import { InvalidValueError } from './invalid-value-error.ts'
import { limits } from './limits.ts'
import { type RandomBytes, webRandomBytes } from './random.ts'

/** The name of an image, a workspace or an account. */
export type Name = string & { readonly __brand: 'Name' }

export const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/

const expectation = `1 to ${limits.maxNameLength} characters of a-z A-Z 0-9 . _ - starting with a letter or a digit`

export function isName(value: unknown): value is Name {
  return typeof value === 'string' && namePattern.test(value)
}

/** @throws {InvalidValueError} when `value` is not a name */
export function parseName(value: unknown, field = 'name'): Name {
  if (isName(value)) return value
  throw new InvalidValueError({ field, value, expectation })
}

const suffixLength = 6
const suffixCount = 36 ** suffixLength

/**
 * The name of an image created without one: `adjective-noun-xxxxxx`, such as `brisk-harbor-k3r9vm`.
 * The suffix has 36^6 ≈ 2.2 × 10⁹ values, so that a collision within one workspace is a rare retry.
 */
export function generateName(random: RandomBytes = webRandomBytes): Name {
  const [adjective = 0, noun = 0, ...rest] = random(8)
  // 48 bits: the modulo favours no suffix by more than one in 2^16.
  const suffix = rest.reduce((number, byte) => number * 256 + byte, 0) % suffixCount
  return [
    adjectives[adjective % adjectives.length],
    nouns[noun % nouns.length],
    suffix.toString(36).padStart(suffixLength, '0'),
  ].join('-') as Name
}

// 64 of each: a random byte modulo 64 is unbiased.
const adjectives = (
  'able agile amber ample azure bold brave bright brisk calm civil clear clever cool coral crisp deft eager early ' +
  'even fair fast fine firm fleet fresh glad gold grand green hardy jade keen kind level light lively loyal lucid ' +
  'merry mild neat noble open plain polar prime proud quick quiet rapid ready sharp silver smooth solid steady still ' +
  'sunny swift tidal tidy true warm'
).split(' ')

const nouns = (
  'anchor atoll barge bay beacon boat bow breeze bridge brook buoy cabin canal canoe cape captain cargo chart cliff ' +
  'coast compass coral cove crane crew current deck delta dock drift eddy ferry fjord float gale galley gull harbor ' +
  'haven hull inlet island jetty keel kelp lagoon lantern lock mast mooring oar ocean pier pilot port quay reef ' +
  'rudder sail shore sloop strait tide wharf'
).split(' ')
