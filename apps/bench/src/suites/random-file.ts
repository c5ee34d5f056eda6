import { createHash, randomFillSync } from 'node:crypto'
import { open } from 'node:fs/promises'

const blockBytes = 8 * 1024 * 1024

/** Random bytes, so that nothing on the way can make it easier. @returns their SHA-256 */
export async function makeRandomFile(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256')
  const block = Buffer.allocUnsafeSlow(blockBytes)
  const handle = await open(path, 'w')
  try {
    for (let position = 0; position < sizeBytes; position += block.length) {
      const bytes = randomFillSync(block).subarray(0, Math.min(block.length, sizeBytes - position))
      hash.update(bytes)
      await handle.write(bytes)
    }
  } finally {
    await handle.close()
  }
  return hash.digest('hex')
}
