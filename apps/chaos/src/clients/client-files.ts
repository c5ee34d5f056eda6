import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Content, contentDigest, writeContent } from './content.ts'

/** The folder of one client: its settings, resume records, images to send and images received. */
export interface ClientFiles {
  readonly home: string
  readonly spoolDirectory: string
  readonly journalDirectory: string
  /** The file to upload under a name: rewritten when the content is another one, left alone when it is the same. */
  source(name: string, content: Content): Promise<{ readonly path: string; readonly sha256: string }>
  /** Where a download goes. */
  readonly downloadPath: string
}

export async function createClientFiles(directory: string): Promise<ClientFiles> {
  const spoolDirectory = join(directory, 'tmp')
  const journalDirectory = join(directory, 'journals')
  await mkdir(spoolDirectory, { recursive: true })
  const written = new Map<string, { readonly key: string; readonly sha256: string }>()
  return {
    home: directory,
    spoolDirectory,
    journalDirectory,
    async source(name, content) {
      const path = join(directory, `${name}.img`)
      const key = JSON.stringify(content)
      const known = written.get(name)
      // The same file again: resuming rests on its being the same.
      if (known?.key === key && existsSync(path)) return { path, sha256: known.sha256 }
      await rm(path, { force: true })
      await writeContent(path, content)
      const sha256 = await contentDigest(content)
      written.set(name, { key, sha256 })
      return { path, sha256 }
    },
    downloadPath: join(directory, 'downloaded.img'),
  }
}
