import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createWorkbench, MiB, patternOf, sha256Of } from './workbench.ts'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const readme = await readFile(join(packageFolder, 'README.md'), 'utf8')
const examples = [...readme.matchAll(/^```js\n([\s\S]*?)^```/gm)].map(([, code = '']) => code)

test('the examples of the README run, one after the other, and print what they should', {
  timeout: 60_000,
}, async () => {
  const { server, folder, file } = await createWorkbench({ now: Date.now })
  const bytes = patternOf(20 * MiB)
  await file('disk.img', bytes)
  // As installed by a user: the package's own folder under its own name.
  await mkdir(join(folder, 'node_modules', '@slipway'), { recursive: true })
  await symlink(packageFolder, join(folder, 'node_modules', '@slipway', 'sdk'))
  const env = { SLIPWAY_API_URL: server.url, SLIPWAY_TOKEN: 'sk_live_double' }

  async function run(example: string): Promise<Buffer> {
    const running = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', example], {
      cwd: folder,
      env,
      encoding: 'buffer',
      maxBuffer: 64 * MiB,
    })
    return (await running).stdout
  }

  const [upload = '', uploadStream = '', download = '', downloadStream = '', rest = '', ...more] = examples
  expect(more).toEqual([])
  expect((await run(upload)).toString()).toMatch(new RegExp(`^image_\\w+ has sha256 ${sha256Of(bytes)}; 0 bytes were`))
  expect((await run(uploadStream)).toString()).toMatch(/^\d+ bytes compressed/)
  expect((await run(download)).toString()).toBe(`${bytes.length} bytes, verified\n`)
  expect((await readFile(join(folder, 'copy.img'))).equals(bytes)).toBe(true)
  expect((await run(downloadStream)).equals(bytes)).toBe(true)
  expect((await run(rest)).toString()).toMatch(/debian-13 completed\n[\s\S]*404 Not Found/)
})

test('every option of the README is one, and every option is in the README', async () => {
  const sources = ['client.ts', 'upload/upload-options.ts', 'download/download-options.ts', 'upload/abort-upload.ts']
  const texts = await Promise.all(sources.map((source) => readFile(join(packageFolder, 'src', source), 'utf8')))
  const interfaces = texts.join('\n').matchAll(/interface (\w*Options)\b[^{]*{([\s\S]*?)^}/gm)
  const options = [...interfaces].flatMap(([, , body = '']) =>
    [...body.matchAll(/^ {2}readonly (\w+)/gm)].map(([, name]) => name),
  )
  expect(options.length).toBeGreaterThan(20)
  for (const option of options) expect(readme).toContain(`\`${option}\``)
})

test('every error class is explained in the README', async () => {
  const names = Object.keys(await import('../src/index.ts')).filter((name) => name.endsWith('Error'))
  for (const name of names) expect(readme).toContain(`\`${name}\``)
})
