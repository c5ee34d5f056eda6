/** The ways of packing that `--decompress` unpacks. */
export type Compression = 'gzip' | 'zstd' | 'xz'

/** Bytes of a file's beginning that tell. */
export const compressionHeadBytes = 6

const signatures: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  // RFC 8878, section 3.1.1.
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
]

/** Tells by the first bytes, whatever the file is called. */
export function detectCompression(head: Uint8Array): Compression | undefined {
  if (isSkippableFrame(head)) return 'zstd'
  return signatures.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte))?.[0]
}

/** RFC 8878, section 3.1.2: 0x184D2A50 to 0x184D2A5F, little-endian. `pzstd` begins with one. */
function isSkippableFrame(head: Uint8Array): boolean {
  return ((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18
}
