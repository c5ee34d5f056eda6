import { z } from 'zod'
import { limits } from '../limits.ts'
import { partNumberSchema, presignedUrlSchema, sha256Schema, unixSecondsSchema } from './primitives.ts'

export const createPartUrlBodySchema = z.strictObject({
  part_id: partNumberSchema,
  content_length: z
    .int()
    .min(0)
    .max(limits.maxPartSizeBytes)
    .optional()
    .meta({ description: "Slipway's addition: the URL then takes exactly so many bytes." }),
})

export const partUrlSchema = z.looseObject({
  url: presignedUrlSchema,
  expires_at: unixSecondsSchema,
})

/** A part that the server holds. */
export const partSchema = z.looseObject({
  part_id: partNumberSchema,
  size: z.int().min(0).meta({ description: "The part's size in bytes." }),
  sha256: sha256Schema.optional().meta({ description: "The digest of the part's bytes, where the server knows it." }),
  etag: z.string().meta({ description: 'Opaque.' }),
})

export type WirePart = z.output<typeof partSchema>
export type WirePartUrl = z.output<typeof partUrlSchema>
