import { z } from 'zod'
import { nameSchema } from './primitives.ts'

/** What a token may do: each role includes the ones before it. */
export const roles = ['reader', 'uploader', 'admin'] as const

/** Who asks. Clients of the public API read `id` to build `sfc:workspace:<id>:default`. */
export const accountSchema = z.looseObject({
  id: nameSchema,
  role: z.string(),
  is_frozen: z.boolean().default(false),
})

export type Role = (typeof roles)[number]
export type WireAccount = z.output<typeof accountSchema>
