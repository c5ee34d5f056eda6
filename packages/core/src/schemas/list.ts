import { z } from 'zod'

/**
 * One page of a list. `cursor` is what to pass for the next one in the same direction, as `starting_after` or as
 * `ending_before`; null on an empty page.
 */
export function listSchema<Item extends z.ZodType>(item: Item) {
  return z.looseObject({
    object: z.literal('list'),
    data: z.array(item),
    has_more: z.boolean(),
    cursor: z.string().nullable().default(null),
  })
}
