import { fileURLToPath } from 'node:url'
import { renderManPage } from './render-man-page.ts'
import { renderReference } from './render-reference.ts'

/** The files that are made from the command definitions, and what makes each. */
export const generatedDocs: readonly { readonly path: string; readonly render: () => string }[] = [
  { path: inPackage('docs/reference.md'), render: renderReference },
  { path: inPackage('man/slipway.1'), render: renderManPage },
]

function inPackage(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url))
}
