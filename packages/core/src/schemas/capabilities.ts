import { z } from 'zod'

/** Which of Slipway's additions a server has, and its limits in bytes and counts. */
export const capabilitiesSchema = z.looseObject({
  object: z.literal('capabilities'),
  server: z.string().meta({ description: 'Name and version of the software, such as `slipway-proxy/0.1.0`.' }),
  list_parts: z.boolean().meta({ description: '`GET /images/{id}/parts` answers.' }),
  part_sha256: z.boolean().meta({ description: 'The part list carries digests.' }),
  verifies_sha256: z.boolean().meta({ description: '`complete` hashes the bytes and refuses a wrong digest.' }),
  part_content_length: z
    .boolean()
    .optional()
    .meta({ description: 'A part URL can be bound to a length: `content_length` in the request for one.' }),
  idempotency_key: z.boolean().optional().meta({ description: '`POST /images` heeds the header `Idempotency-Key`.' }),
  limits: z.looseObject({
    max_image_size: z.int(),
    min_part_size: z.int(),
    max_part_size: z.int(),
    max_parts: z.int(),
  }),
})

export type WireCapabilities = z.output<typeof capabilitiesSchema>
