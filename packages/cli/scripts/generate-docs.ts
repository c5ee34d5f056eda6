import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { generatedDocs } from './generated-docs.ts'

/** Writes the reference page and the manual page. Usage: node scripts/generate-docs.ts */
for (const { path, render } of generatedDocs) {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, render())
  process.stdout.write(`${path}\n`)
}
