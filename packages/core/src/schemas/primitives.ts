import { z } from 'zod'
import { cursorPattern } from '../cursor.ts'
import { canonicalImageIdPattern, imageIdPattern, workspaceIdPattern } from '../ids.ts'
import { limits } from '../limits.ts'
import { namePattern } from '../names.ts'
import { imagePathPattern, workspacePathPattern } from '../resource-path.ts'

// The `error` of each schema completes the sentence "<field> must be …": see `field-errors.ts`.

export const nameSchema = z
  .string()
  .regex(namePattern, `1 to ${limits.maxNameLength} characters of a-z A-Z 0-9 . _ - starting with a letter or a digit`)
  // Stated for documents only: as checks they would report one long name twice.
  .meta({ minLength: 1, maxLength: limits.maxNameLength, examples: ['my-resource-name'] })

/** An image id as servers write it. */
export const imageIdSchema = z
  .string()
  .regex(canonicalImageIdPattern, 'an image id such as image_k3R-nX9vLm7Qp2Yw5Jd8F')
  .meta({ examples: ['image_k3R-nX9vLm7Qp2Yw5Jd8F'] })

export const workspaceIdSchema = z
  .string()
  .regex(workspaceIdPattern, 'a workspace id such as wksp_k3R-nX9vLm7Qp2Yw5Jd8F')
  .meta({ examples: ['wksp_k3R-nX9vLm7Qp2Yw5Jd8F'] })

export const imagePathSchema = z
  .string()
  .regex(imagePathPattern, 'an image resource path: sfc:image:<account>:<workspace>:<name>')
  .meta({ examples: ['sfc:image:acme:prod:my-image'] })

export const workspacePathSchema = z
  .string()
  .regex(workspacePathPattern, 'a workspace resource path: sfc:workspace:<account>:<name>')
  .meta({ examples: ['sfc:workspace:acme:prod'] })

/** What `{id}` accepts: an image id of either prefix, an image resource path or a bare name. */
export const imageRefSchema = z
  .string()
  .regex(
    anyOf(imageIdPattern, imagePathPattern, namePattern),
    'an image id (image_…), a resource path (sfc:image:<account>:<workspace>:<name>) or a name',
  )
  .meta({
    description:
      "An image id (permanent), a resource path (follows renames) or a name in the account's `default` workspace.",
    examples: ['image_k3R-nX9vLm7Qp2Yw5Jd8F'],
  })

export const workspaceRefSchema = z
  .string()
  .regex(
    anyOf(workspaceIdPattern, workspacePathPattern),
    'a workspace id (wksp_…) or a resource path (sfc:workspace:<account>:<name>)',
  )
  .meta({
    description: 'A workspace id (permanent) or a resource path (follows renames).',
    examples: ['wksp_k3R-nX9vLm7Qp2Yw5Jd8F'],
  })

/** What finds a workspace that is there: as {@link workspaceRefSchema}, or by its bare name. */
export const workspaceLookupSchema = z
  .string()
  .regex(
    anyOf(workspaceIdPattern, workspacePathPattern, namePattern),
    'a workspace id (wksp_…), a resource path (sfc:workspace:<account>:<name>) or a name',
  )
  .meta({
    description: "A workspace id (permanent), a resource path (follows renames) or a name of one of the account's own.",
    examples: ['wksp_k3R-nX9vLm7Qp2Yw5Jd8F'],
  })

export const sha256Schema = z
  .string()
  .regex(/^[a-f0-9]{64}$/, 'a SHA-256 digest: 64 lower-case hexadecimal digits')
  .meta({
    minLength: 64,
    maxLength: 64,
    examples: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  })

export const cursorSchema = z.string().regex(cursorPattern, 'a cursor that a list answered with')

/** Seconds since the Unix epoch. */
export const unixSecondsSchema = z.int().meta({ examples: [1738972800] })

export const partNumberSchema = wholeNumber({ min: 1, max: limits.maxPartCount }).meta({
  description: 'The part number. Parts are numbered from 1 without gaps.',
})

/** A URL that carries its own expiring authority: never log it. */
export const presignedUrlSchema = z.url({ protocol: /^https?$/, error: 'an http or https URL' })

/** An integer in a query string: digits only, where `Number` would also take an empty string or `0x10`. */
export function queryInteger({ min, max }: { min: number; max: number }) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value),
    wholeNumber({ min, max }),
  )
}

/** `true` or `false` in a query string. */
export function queryBoolean() {
  return z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())
}

function wholeNumber({ min, max }: { min: number; max: number }) {
  const expectation = `a whole number from ${min} to ${max}`
  // Undefined leaves zod's own message, by which a missing value is known.
  return z
    .int({ error: (issue) => (issue.input === undefined ? undefined : expectation) })
    .min(min)
    .max(max)
}

function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map((pattern) => `(?:${pattern.source})`).join('|'))
}
