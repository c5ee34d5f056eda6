import { limits } from '@slipway/core'
import { refuse } from './refusal.ts'
import type { Store, StoredImage } from './store.ts'

/** The whole image. */
export function assemble(store: Store, { parts }: StoredImage): Buffer {
  const ordered = [...parts].sort(([a, partA], [b, partB]) =>
    store.has('orders-by-arrival') ? partA.arrival - partB.arrival : a - b,
  )
  const whole = Buffer.concat(ordered.map(([, { bytes }]) => bytes))
  if (store.has('flips-a-byte') && whole.length > 5) whole[whole.length - 5] = (whole.at(-5) ?? 0) ^ 1
  return whole
}

/** @throws {Refusal} naming the part and the limit */
export function assertCompletable(store: Store, image: StoredImage): void {
  const numbers = [...image.parts.keys()].sort((a, b) => a - b)
  const last = numbers.at(-1) ?? 0
  if (last === 0 && !store.has('accepts-nothing')) throw refuse(400, 'no_parts', 'send a part first')
  if (store.has('refuses-small-images') && assemble(store, image).length < 10) {
    throw refuse(400, 'image_too_small', 'send more')
  }
  for (let number = 1; number <= last; number++) {
    const part = image.parts.get(number)
    if (!part) {
      if (store.has('accepts-gaps') || (number === 1 && store.has('accepts-missing-first'))) continue
      if (store.has('loses-parts-at-gaps')) image.parts.clear()
      if (store.has('names-no-part')) throw refuse(400, 'part_missing', 'a part is missing')
      throw refuse(400, 'part_missing', `part ${number} is missing: send it`, `parts.${number}`)
    }
    const minimum = limits.minPartSizeBytes - (store.has('off-by-one-minimum') ? 1 : 0)
    if (number < last && part.bytes.length < minimum && !store.has('accepts-small-parts')) {
      const limit = store.has('names-no-limit') ? 'more' : `${limits.minPartSizeBytes} bytes`
      throw refuse(400, 'part_too_small', `part ${number} needs ${limit}`, `parts.${number}`)
    }
  }
}
