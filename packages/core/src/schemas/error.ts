import { z } from 'zod'

export const errorDetailSchema = z.looseObject({
  field: z.string().optional().meta({ description: 'Where: `name`, `body.sha256`, `parts.3`.' }),
  code: z.string().meta({ description: 'Stable and machine-readable.' }),
  message: z.string().meta({ description: 'What was wrong and what to do.' }),
})

/** The envelope of every error. */
export const errorBodySchema = z.looseObject({
  error: z.looseObject({
    type: z.string(),
    message: z.string(),
    details: z.array(errorDetailSchema).optional(),
  }),
})

export type ErrorDetail = z.output<typeof errorDetailSchema>
export type WireErrorBody = z.output<typeof errorBodySchema>
