import { z } from 'zod'
import { roles } from './account.ts'
import { nameSchema, unixSecondsSchema, workspaceIdSchema, workspaceRefSchema } from './primitives.ts'

/** How long a token lives when its creation does not say: 90 days. */
const defaultExpiryDays = 90
/** A hundred years: further than that is a slip of the keyboard. */
const maxExpiryDays = 36_500

export const tokenIdSchema = z
  .string()
  .regex(/^token_[0-9a-zA-Z_-]{1,32}$/, 'a token id such as token_k3R-nX9vLm7Q')
  .meta({ description: "The token's id, which is not the token.", examples: ['token_k3R-nX9vLm7Q'] })

/** A token as lists show it: the secret itself is stored nowhere. */
export const tokenSchema = z.looseObject({
  id: tokenIdSchema,
  object: z.literal('token').default('token'),
  name: nameSchema,
  role: z.enum(roles),
  workspace_id: workspaceIdSchema.nullable().meta({ description: 'The only workspace that it sees, or null.' }),
  created_at: unixSecondsSchema,
  expires_at: unixSecondsSchema.nullable(),
  last_used_at: unixSecondsSchema.nullable().meta({ description: 'To the minute.' }),
  revoked_at: unixSecondsSchema.nullable(),
})

export const createdTokenSchema = tokenSchema.extend({
  token: z.string().meta({ description: 'The secret, `sk_live_…`: shown this once.' }),
})

export const createTokenBodySchema = z.strictObject({
  name: nameSchema.meta({ description: 'What it is for.' }),
  role: z.enum(roles, `one of ${roles.join(', ')}`),
  workspace: workspaceRefSchema.optional().meta({ description: 'Limits it to one workspace.' }),
  expires_in_days: z
    .int()
    .min(1)
    .max(maxExpiryDays)
    .default(defaultExpiryDays)
    .meta({ description: 'Days until it expires.' }),
})

export const revokedTokenSchema = z.looseObject({
  object: z.literal('token'),
  revoked: z.literal(true),
  id: tokenIdSchema,
})

export type WireToken = z.output<typeof tokenSchema>
export type WireCreatedToken = z.output<typeof createdTokenSchema>
