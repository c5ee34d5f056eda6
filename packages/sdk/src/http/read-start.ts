/** An error page is read no further than this. */
const maxErrorBodyBytes = 64 * 1024

/** The beginning of a refusal's body. One cut short on its way gives what came: the status has said the main thing. */
export async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  return (await readRefusal(body)).bodyText
}

/** The same, telling whether the body was cut short on its way. */
export async function readRefusal(
  body: AsyncIterable<Buffer>,
): Promise<{ readonly bodyText: string; readonly isCutShort: boolean }> {
  let isCutShort = false
  const chunks: Buffer[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      sizeBytes += chunk.length
      if (sizeBytes >= maxErrorBodyBytes) break
    }
  } catch {
    isCutShort = true
  }
  return { bodyText: Buffer.concat(chunks).toString('utf8', 0, maxErrorBodyBytes), isCutShort }
}
