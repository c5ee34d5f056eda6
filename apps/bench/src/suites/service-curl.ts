import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import type { Contender } from '../figure.ts'
import { call } from '../peers/byte-server.ts'
import { startGlance } from '../peers/glance.ts'
import { startNginx } from '../peers/nginx.ts'
import { programPath } from '../peers/program-path.ts'
import { runCommand } from '../peers/run-command.ts'
import { startTus } from '../peers/tus.ts'
import { commandContender } from './command-contender.ts'
import type { Service, ServiceOptions } from './services.ts'

const byteType = 'content-type: application/octet-stream'

/** Services whose bytes `curl` can send and fetch; tus has a client of its own. */
export async function curlServices(bench: Bench, options: ServiceOptions): Promise<Service> {
  const hasCurl = bench.has('curl')
  const all = [
    await tus(bench, options),
    hasCurl ? await glance(bench, options) : undefined,
    hasCurl ? await webDav(bench, options) : undefined,
  ].filter((service) => service !== undefined)
  return { pushes: all.flatMap(({ pushes }) => pushes), pulls: all.flatMap(({ pulls }) => pulls) }
}

async function tus(bench: Bench, { file, sizeBytes }: ServiceOptions): Promise<Service> {
  const folder = join(bench.folder, 'tus')
  const server = bench.atEnd(await startTus(folder))
  const after = async () => {
    for (const name of await readdir(folder)) await rm(join(folder, name))
  }
  const command = [process.execPath, programPath('tus-upload'), `${server.url}/files`, file]
  const name = 'tus-js-client → @tus/server'
  return { pushes: [commandContender({ name, role: 'peer', command, sizeBytes, after })], pulls: [] }
}

async function glance(bench: Bench, { file, copy, sizeBytes }: ServiceOptions): Promise<Service | undefined> {
  const server = await bench.start('Glance', () => startGlance(join(bench.folder, 'glance')))
  if (!server) return undefined
  const push = (image: string) => ['curl', '-sf', '-o', '/dev/null', '-H', byteType, '-T', file, `${image}/file`]
  const kept = await server.createImage()
  await runCommand(push(kept))
  const name = 'curl → Glance'
  const pushing: Contender = {
    name,
    role: 'peer',
    async measure() {
      const image = await server.createImage()
      const after = async () => void (await call('DELETE', image))
      return await commandContender({ name, role: 'peer', command: push(image), sizeBytes, after }).measure()
    },
  }
  const command = ['curl', '-sf', '-o', copy, `${kept}/file`]
  return { pushes: [pushing], pulls: [commandContender({ name: 'curl ← Glance', role: 'peer', command, sizeBytes })] }
}

async function webDav(bench: Bench, { file, copy, sizeBytes }: ServiceOptions): Promise<Service | undefined> {
  const server = await bench.start('nginx', () => startNginx(join(bench.folder, 'nginx')))
  if (!server) return undefined
  const push = (name: string) => ['curl', '-sf', '-o', '/dev/null', '-T', file, `${server.url}/${name}`]
  await runCommand(push('kept'))
  const pull = ['curl', '-sf', '-o', copy, `${server.url}/kept`]
  return {
    pushes: [commandContender({ name: 'curl → nginx WebDAV', role: 'peer', command: push('new'), sizeBytes })],
    pulls: [commandContender({ name: 'curl ← nginx WebDAV', role: 'peer', command: pull, sizeBytes })],
  }
}
