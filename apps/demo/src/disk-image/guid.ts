/** Type GUIDs of the UEFI specification (table 5.7) and of the Discoverable Partitions Specification. */
export const partitionTypes = {
  efiSystem: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  linuxRootX64: '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709',
} as const

/** Writes a GUID as GPT stores it: the first three groups little-endian, the rest as written. */
export function writeGuid(target: Buffer, guid: string, offset: number): void {
  const hex = Buffer.from(guid.replaceAll('-', ''), 'hex')
  hex.subarray(0, 4).reverse()
  hex.subarray(4, 6).reverse()
  hex.subarray(6, 8).reverse()
  hex.copy(target, offset)
}

/** Makes a version 4 GUID of 16 bytes, which decide it wholly. */
export function guidFromBytes(bytes: Uint8Array): string {
  const copy = Buffer.from(bytes.subarray(0, 16))
  copy[6] = ((copy[6] ?? 0) & 0x0f) | 0x40
  copy[8] = ((copy[8] ?? 0) & 0x3f) | 0x80
  return copy
    .toString('hex')
    .toUpperCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
