import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ByteServer, call } from './byte-server.ts'
import { type ChildServer, startChildServer } from './child-server.ts'
import { freePort } from './free-port.ts'

/** Nginx with its WebDAV module and one worker, as the proxy is one process. Its files are in `folder`. */
export async function startNginx(folder: string): Promise<ChildServer & ByteServer> {
  await Promise.all(['files', 'body'].map((name) => mkdir(join(folder, name), { recursive: true })))
  const port = await freePort()
  const path = join(folder, 'nginx.conf')
  await writeFile(path, configOf(folder, port))
  const command = ['nginx', '-p', folder, '-c', path, '-e', join(folder, 'error.log'), '-g', 'daemon off;']
  const server = await startChildServer({ command, url: `http://127.0.0.1:${port}` })
  let uploadCount = 0
  return {
    ...server,
    name: 'nginx WebDAV',
    role: 'peer',
    async open(part, partCount) {
      uploadCount++
      const urls = Array.from({ length: partCount }, (_, index) => `${server.url}/${uploadCount}-${index}`)
      return {
        puts: urls.map((url) => ({ method: 'PUT', url, body: part })),
        complete: async () => undefined,
        gets: async () => urls.map((url) => ({ method: 'GET', url })),
        remove: async () => void (await Promise.all(urls.map((url) => call('DELETE', url)))),
      }
    },
  }
}

function configOf(folder: string, port: number): string {
  const isRoot = process.getuid?.() === 0
  return `${isRoot ? 'user root;' : ''}
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  client_body_temp_path ${folder}/body;
  server {
    listen 127.0.0.1:${port};
    location / {
      root ${folder}/files;
      client_max_body_size 0;
      client_body_buffer_size 1m;
      dav_methods PUT DELETE;
    }
  }
}
`
}
