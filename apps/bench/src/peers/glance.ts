import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ByteServer, call } from './byte-server.ts'
import { type ChildServer, startChildServer } from './child-server.ts'
import { freePort } from './free-port.ts'

export interface Glance extends ChildServer, ByteServer {
  /** @returns the new image's URL */
  createImage(): Promise<string>
}

const pasteFiles = ['/etc/glance/glance-api-paste.ini', '/usr/share/glance-common/glance-api-paste.ini']
const imageBody = JSON.stringify({ name: 'bench', disk_format: 'raw', container_format: 'bare' })

/** OpenStack's image service as Debian has it: one process, SQLite, the file store, and nobody asked who they are. */
export async function startGlance(folder: string): Promise<Glance> {
  await Promise.all(['store', 'staging'].map((name) => mkdir(join(folder, name), { recursive: true })))
  const pasteFile = pasteFiles.find((path) => existsSync(path))
  if (!pasteFile) throw new Error(`none of ${pasteFiles.join(', ')} is there`)
  const port = await freePort()
  const path = join(folder, 'glance-api.conf')
  await writeFile(path, configOf({ folder, port, pasteFile }))
  await promisify(execFile)('glance-manage', ['--config-file', path, 'db_sync'])
  const url = `http://127.0.0.1:${port}`
  const server = await startChildServer({ command: ['glance-api', '--config-file', path], url })
  const createImage = async () => {
    const headers = { 'content-type': 'application/json' }
    const answer = await call('POST', `${url}/v2/images`, { headers, body: imageBody })
    return `${url}/v2/images/${((await answer.json()) as { id: string }).id}`
  }
  return {
    ...server,
    name: 'OpenStack Glance',
    role: 'peer',
    createImage,
    async open(part, partCount) {
      const images = await Promise.all(Array.from({ length: partCount }, createImage))
      const headers = { 'content-type': 'application/octet-stream' }
      return {
        puts: images.map((image) => ({ method: 'PUT', url: `${image}/file`, headers, body: part })),
        complete: async () => undefined,
        gets: async () => images.map((image) => ({ method: 'GET', url: `${image}/file` })),
        remove: async () => void (await Promise.all(images.map((image) => call('DELETE', image)))),
      }
    },
  }
}

function configOf({ folder, port, pasteFile }: { folder: string; port: number; pasteFile: string }): string {
  return `[DEFAULT]
bind_host = 127.0.0.1
bind_port = ${port}
workers = 0
log_file = ${folder}/glance.log
node_staging_uri = file://${folder}/staging
enabled_import_methods = []
[database]
connection = sqlite:///${folder}/glance.sqlite
[glance_store]
stores = file
default_store = file
filesystem_store_datadir = ${folder}/store
[paste_deploy]
config_file = ${pasteFile}
`
}
