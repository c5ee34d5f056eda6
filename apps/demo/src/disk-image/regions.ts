export const chunkSizeBytes = 1024 * 1024

export type Filling = 'text' | 'random' | 'empty'

/** Like a root file system: text and programs, packed data, and room that was never written. */
const pattern: readonly Filling[] = ['text', 'text', 'random', 'empty', 'random', 'text', 'random', 'empty']

/** What the chunk at `index` of a region of `chunkCount` chunks holds. */
export function rootFilling(index: number): Filling {
  return pattern[index % pattern.length] ?? 'empty'
}

/** A boot partition is mostly empty: a loader and a kernel at its beginning. */
export function efiFilling(index: number, chunkCount: number): Filling {
  if (index === 0) return 'text'
  return index <= chunkCount / 4 ? 'random' : 'empty'
}

const words = (
  'kernel driver module service network storage memory device mount volume system config enabled started ready ' +
  'loading address interface partition journal process thread signal socket buffer queue client server request'
).split(' ')

/** Makes one chunk of log-like text, which a compressor shrinks well. */
export function createText(randomBytes: (byteCount: number) => Buffer): Buffer {
  const picks = randomBytes(chunkSizeBytes / 4)
  const lines: string[] = []
  let length = 0
  for (let index = 0; length < chunkSizeBytes; index += 8) {
    const line = Array.from({ length: 8 }, (_, at) => words[(picks[index + at] ?? 0) % words.length]).join(' ')
    lines.push(line)
    length += line.length + 1
  }
  return Buffer.from(lines.join('\n'), 'latin1').subarray(0, chunkSizeBytes)
}

/** A chunk of the text, begun at another place for each `index`, so that no two chunks of the image are the same. */
export function textChunk(text: Buffer, index: number): Buffer {
  const start = (index * 4099) % text.length
  const chunk = Buffer.concat([text.subarray(start), text.subarray(0, start)])
  chunk.write(`chunk ${index}\n`, 0, 'latin1')
  return chunk
}
