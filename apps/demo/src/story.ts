import { basename } from 'node:path'
import { formatRate, formatSeconds, formatSize } from './figures.ts'

export const helpText = `Uploads a disk image to a proxy on this machine, downloads it again and compares the bytes.

Usage: npx -y pnpm@12 demo [FILE]

Arguments:
  FILE  A disk image of yours. Without one, a 1 GiB image is made: the same bytes every time.

Nothing is left behind: it works in a temporary folder (TMPDIR chooses where) and removes it at the end.
`

export interface DemoResult {
  readonly sourcePath: string
  readonly isGenerated: boolean
  readonly sizeBytes: number
  readonly uploadMs: number
  readonly downloadMs: number
  readonly sourceSha256: string
  readonly downloadSha256: string
  readonly proxyUrl: string
}

/** What happened, in plain words and figures. */
export function tellResult(result: DemoResult): string {
  const { sizeBytes, uploadMs, downloadMs, sourceSha256, downloadSha256 } = result
  const isSame = sourceSha256 === downloadSha256
  const what = result.isGenerated ? 'the disk image made for this demo' : result.sourcePath
  return `
${isSame ? `It worked: ${formatSize(sizeBytes)} went up, came down and are the same, byte for byte.` : 'It did not work: what came down is not what went up.'}

  image       ${what}
  size        ${formatSize(sizeBytes)} (${sizeBytes} bytes)
  upload      ${formatSeconds(uploadMs)}, ${formatRate(sizeBytes, uploadMs)}, hashed and checked by the proxy
  download    ${formatSeconds(downloadMs)}, ${formatRate(sizeBytes, downloadMs)}, checked again
  sha256 up   ${sourceSha256}
  sha256 down ${downloadSha256}
  proxy       ${result.proxyUrl}; it stops now, and its data goes with it
`
}

/** What to type next, from the folder of the repository. */
export function tellNext({ sourcePath, isGenerated }: Pick<DemoResult, 'sourcePath' | 'isGenerated'>): string {
  const file = isGenerated ? 'YOUR-DISK.img' : shellWord(sourcePath)
  return `
Next, a proxy that stays:
  npx -y pnpm@12 start
and in another terminal, after the two exports that it prints:
  npx -y pnpm@12 exec slipway upload ${file} --name ${nameFrom(isGenerated ? 'my-image' : sourcePath)}
`
}

/** Makes an image's name of a file's: what a name cannot have becomes a dash. */
export function nameFrom(path: string): string {
  const name = basename(path)
    .replace(/\.(?:img|raw|qcow2|iso|bin)$/i, '')
    .replace(/[^a-zA-Z0-9._-]+/g, '-')
    .replace(/^[^a-zA-Z0-9]+/, '')
    .slice(0, 255)
  return name === '' ? 'image' : name
}

export function shellWord(text: string): string {
  return /^[\w./~@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
