/** Base64url without padding, on what browsers, edge runtimes and Node all have. */
export function encodeBase64url(bytes: Uint8Array): string {
  // One argument a byte would overflow the stack for long inputs; a string a byte does not.
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** @returns `undefined` when `text` is not base64url in its one canonical form */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
  // Spare bits in the last character would let two texts stand for the same bytes.
  return encodeBase64url(bytes) === text ? bytes : undefined
}
