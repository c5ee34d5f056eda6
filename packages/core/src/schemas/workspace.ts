import { z } from 'zod'
import { nameSchema, unixSecondsSchema, workspaceIdSchema, workspacePathSchema } from './primitives.ts'

export const workspaceSchema = z.looseObject({
  id: workspaceIdSchema,
  resource_path: workspacePathSchema,
  owner: nameSchema,
  name: nameSchema,
  object: z.literal('workspace').default('workspace'),
  created_at: unixSecondsSchema,
})

export const workspaceBodySchema = z.strictObject({
  name: nameSchema
    .nullable()
    .optional()
    .meta({ description: 'Absent or null: made up by the server, or left as it is.' }),
})

export const deletedWorkspaceSchema = z.looseObject({
  object: z.literal('workspace'),
  deleted: z.literal(true),
  name: nameSchema,
})

export type WireWorkspace = z.output<typeof workspaceSchema>
