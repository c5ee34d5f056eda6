/** What a presigned URL binds. */
export type UrlPiece = 'signature' | 'expiry' | 'part'

const parameterPatterns: Readonly<Record<UrlPiece, RegExp>> = {
  signature: /^(?:x-amz-signature|x-goog-signature|signature|sig)$/i,
  expiry: /^(?:x-amz-expires|x-goog-expires|expires|expires_at|exp|se)$/i,
  part: /^(?:partnumber|part_number|part)$/i,
}

/** Alters one piece of a presigned URL, whoever signed it. @returns undefined when the URL shows no such piece */
export function alterUrl(text: string, piece: UrlPiece): string | undefined {
  const url = new URL(text)
  const name = [...url.searchParams.keys()].find((key) => parameterPatterns[piece].test(key))
  if (name !== undefined) {
    const value = url.searchParams.get(name) ?? ''
    url.searchParams.set(name, piece === 'signature' ? withOtherMiddle(value) : String(Number(value) + 1))
    return url.href
  }
  const inPath = piece === 'part' ? /\/parts\/(\d+)$/.exec(url.pathname) : null
  if (!inPath) return undefined
  url.pathname = url.pathname.replace(/\d+$/, String(Number(inPath[1]) + 1))
  return url.href
}

/** Another letter in the middle: the last one of base64 has bits that mean nothing. */
function withOtherMiddle(value: string): string {
  const middle = Math.floor(value.length / 2)
  const other = value[middle] === 'a' ? 'b' : 'a'
  return value.slice(0, middle) + other + value.slice(middle + 1)
}
