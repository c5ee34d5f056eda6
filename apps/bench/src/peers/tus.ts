import { type ByteServer, call } from './byte-server.ts'
import { type ChildServer, startChildServer } from './child-server.ts'
import { programPath } from './program-path.ts'

const tusHeaders = { 'tus-resumable': '1.0.0' }

/** `@tus/server` with its file store, in `folder`. */
export async function startTus(folder: string): Promise<ChildServer & ByteServer> {
  const server = await startChildServer({ command: [process.execPath, programPath('tus-server'), folder] })
  return {
    ...server,
    name: '@tus/server',
    role: 'peer',
    async open(part, partCount) {
      const urls = await Promise.all(
        Array.from({ length: partCount }, async () => {
          const headers = { ...tusHeaders, 'upload-length': String(part.length) }
          const created = await call('POST', `${server.url}/files`, { headers })
          return String(created.headers.get('location'))
        }),
      )
      const headers = { ...tusHeaders, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }
      return {
        puts: urls.map((url) => ({ method: 'PATCH', url, headers, body: part })),
        complete: async () => undefined,
        gets: async () => urls.map((url) => ({ method: 'GET', url })),
        remove: async () => void (await Promise.all(urls.map((url) => call('DELETE', url, { headers: tusHeaders })))),
      }
    },
  }
}
