import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type ChildServer, startChildServer } from './child-server.ts'

/** The peer: nginx with its WebDAV module and one worker, as the proxy is one process. Its files are in `folder`. */
export async function startNginx(folder: string): Promise<ChildServer> {
  await Promise.all(['files', 'body'].map((name) => mkdir(join(folder, name), { recursive: true })))
  const port = await freePort()
  const path = join(folder, 'nginx.conf')
  await writeFile(path, configOf(folder, port))
  const command = ['nginx', '-p', folder, '-c', path, '-e', join(folder, 'error.log'), '-g', 'daemon off;']
  return await startChildServer({ command, url: `http://127.0.0.1:${port}` })
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

/** Nginx cannot listen on port 0 and say which port that is. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
