/**
 * A persistent map from part numbers, in their order: `with` leaves the old map as it was and copies two short arrays
 * instead of every entry. 10 000 confirmations one by one would otherwise copy 50 million entries.
 */
export interface PartMap<Value> extends ReadonlyMap<number, Value> {
  /** @param partNumber an integer from 1 */
  with(partNumber: number, value: Value): PartMap<Value>
}

// About the square root of the largest part number, which makes both arrays short.
const chunkLength = 128

type Chunk<Value> = readonly (readonly [number, Value] | undefined)[]

export function createPartMap<Value>(): PartMap<Value> {
  return mapOf([], 0)
}

function mapOf<Value>(chunks: readonly (Chunk<Value> | undefined)[], size: number): PartMap<Value> {
  const entryOf = (partNumber: number) => chunks[Math.floor(partNumber / chunkLength)]?.[partNumber % chunkLength]

  function* entries(): MapIterator<[number, Value]> {
    for (const chunk of chunks) for (const entry of chunk ?? []) if (entry) yield [...entry]
  }
  function* keys(): MapIterator<number> {
    for (const [partNumber] of entries()) yield partNumber
  }
  function* values(): MapIterator<Value> {
    for (const [, value] of entries()) yield value
  }

  const map: PartMap<Value> = {
    size,
    get: (partNumber) => entryOf(partNumber)?.[1],
    has: (partNumber) => entryOf(partNumber) !== undefined,
    entries,
    keys,
    values,
    [Symbol.iterator]: entries,
    forEach(visit, thisArg) {
      for (const [partNumber, value] of entries()) visit.call(thisArg, value, partNumber, map)
    },
    with(partNumber, value) {
      const chunkIndex = Math.floor(partNumber / chunkLength)
      const chunk = replaceAt<Chunk<Value>[number]>(chunks[chunkIndex] ?? [], partNumber % chunkLength, [
        partNumber,
        value,
      ])
      return mapOf(
        replaceAt<Chunk<Value> | undefined>(chunks, chunkIndex, chunk),
        map.has(partNumber) ? size : size + 1,
      )
    },
  }
  return map
}

/** Like `Array.prototype.with`, but it also writes past the end. */
function replaceAt<Item>(items: readonly Item[], index: number, item: Item): readonly Item[] {
  const copy = items.slice()
  copy[index] = item
  return copy
}
