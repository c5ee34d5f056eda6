import { z } from 'zod'
import {
  imageIdSchema,
  imagePathSchema,
  nameSchema,
  presignedUrlSchema,
  sha256Schema,
  unixSecondsSchema,
  workspaceIdSchema,
  workspaceRefSchema,
} from './primitives.ts'

export const uploadStatuses = ['started', 'uploading', 'completed', 'failed', 'revoked'] as const

/** Readers accept additional fields: servers may add some at any time. */
export const imageSchema = z.looseObject({
  id: imageIdSchema,
  resource_path: imagePathSchema,
  owner: nameSchema.meta({ description: "The account's name." }),
  workspace: nameSchema,
  workspace_id: workspaceIdSchema,
  name: nameSchema,
  is_public: z.boolean(),
  object: z.literal('image').default('image'),
  upload_status: z.enum(uploadStatuses),
  created_at: unixSecondsSchema,
  sha256: sha256Schema.nullable().default(null).meta({ description: 'The declared digest, once completed.' }),
  provider: z.string().nullable().optional(),
  sha256_verified: z
    .boolean()
    .optional()
    .meta({ description: 'True once the server itself has hashed the bytes and they match `sha256`.' }),
  failure_reason: z
    .string()
    .optional()
    .meta({ description: "Slipway's addition: why a `failed` image failed, where the server knows." }),
})

/** The public API's answer to a creation leaves out two of the fields. */
export const createdImageSchema = imageSchema.partial({ workspace_id: true, is_public: true })

export const createImageBodySchema = z.strictObject({
  workspace: workspaceRefSchema.meta({ description: 'Workspace to create this image in.' }),
  name: nameSchema.nullable().optional().meta({ description: 'Absent or null: the server makes one up.' }),
})

export const completeImageBodySchema = z.strictObject({
  sha256: sha256Schema.meta({
    description: "The digest of the whole image: the parts' bytes in order of part number.",
  }),
})

export const imageDownloadSchema = z.looseObject({
  url: presignedUrlSchema,
  expires_at: unixSecondsSchema,
  sha256: sha256Schema.nullable(),
  size: z.int().min(0).meta({ description: 'The size of the image in bytes.' }),
})

export const deletedImageSchema = z.looseObject({
  object: z.literal('image'),
  deleted: z.literal(true),
  name: nameSchema,
})

export type UploadStatus = (typeof uploadStatuses)[number]
export type WireImage = z.output<typeof imageSchema>
export type WireImageDownload = z.output<typeof imageDownloadSchema>
