const maxBytes = 64 * 1024

/** The beginning of a refusal's body; one cut short on its way gives what came, since the status has said the main thing. */
export async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      sizeBytes += chunk.length
      if (sizeBytes >= maxBytes) break
    }
  } catch {
    // Nothing is lost that anybody needs.
  }
  return Buffer.concat(chunks).toString('utf8', 0, maxBytes)
}
